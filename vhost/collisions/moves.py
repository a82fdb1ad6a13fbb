"""Machines that are reached under several paths, and machines whose file moved.

The table `moved` of a snapshot says what moved; it is filled from the segments of earlier scans when the
snapshot is published.
"""

from __future__ import annotations

SEEN_TWICE = """
SELECT machine_id FROM claim SEMI JOIN (SELECT machine_id FROM claim GROUP BY machine_id HAVING count(*) > 1)
USING (machine_id) GROUP BY machine_id HAVING min(hash(pm, id)) <> max(hash(pm, id))
"""
"""Machines that several hosts see, or one host under several paths."""

TWINS = """
SELECT DISTINCT old.collision, moved.machine_id AS old, moved.new_machine_id AS new
FROM moved JOIN member AS old USING (machine_id)
JOIN member AS new ON new.collision = old.collision AND new.machine_id = moved.new_machine_id
WHERE moved.machine_id <> moved.new_machine_id
"""
"""Where a file that moved is still claimed by a scan that has not looked since: (collision, old, new)."""

MOVED_ALONE = """
SELECT DISTINCT new_machine_id AS machine_id FROM moved
WHERE moved.machine_id NOT IN (SELECT old FROM twins)
"""
"""Machines whose file moved, and of which nobody claims the old place as another machine."""

SPOKEN = """
SELECT machine_id FROM member UNION SELECT machine_id FROM alone UNION SELECT machine_id FROM contradicted
"""
"""The machines that the audit speaks of."""
