"""IPv6 neighbour discovery: who is on this link, asked by RFC 4861 and 4443."""
