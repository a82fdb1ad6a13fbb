"""The estate in the forms of other programs: Ansible, ssh, hosts, Prometheus, Graphviz, Mermaid, data sets."""
