"""Groups: files that name hosts, usable wherever a host is."""

from vhost.groups.files import own_directory, search_path
from vhost.groups.resolve import Groups, Listed
from vhost.groups.syntax import Group, Include, Member

__all__ = ["Group", "Groups", "Include", "Listed", "Member", "own_directory", "search_path"]
