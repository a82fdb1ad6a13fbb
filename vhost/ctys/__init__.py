"""The old command line, `ctys -t TYPE -a ACTION=SUBOPTIONS [--] ['(OPTIONS)'] HOST['(OPTIONS)'] ...`, as values."""
