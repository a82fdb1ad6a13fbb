"""ARP: who on this segment has which address, asked by RFC 826 and 5227."""
