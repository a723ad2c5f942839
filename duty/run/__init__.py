"""The whole product on one machine, from a bare clone: servers, processes, and one command over them.

python -m duty.run up          everything, in the foreground, until Ctrl-C
python -m duty.run servers -- command …   embedded PostgreSQL and Redis around one command
"""
