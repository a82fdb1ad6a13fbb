"""Groups: files that name hosts, usable wherever a host is."""

from vhost.groups.resolve import Groups, Listed, search_path
from vhost.groups.syntax import Group, Include, Member

__all__ = ["Group", "Groups", "Include", "Listed", "Member", "search_path"]
