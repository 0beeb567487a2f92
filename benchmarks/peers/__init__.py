"""Peers: the same work stated by a practised user of another library, one module each.

A module is one way to do the jobs. It has

    NAME       what the table calls it
    PACKAGES   the distributions whose versions stand beside it

and, for each job it can do, a function of the job's name (see ``Job`` in ``benchmarks/jobs.py``):

    allocation(document)                  the best allocation of a fund                          → [objective]
    least_cvar(problem)                   the portfolio of least CVaR over a table of draws      → [CVaR]
    layered(problem)                      a layered fund under a CVaR limit                      → [objective]
    frontier(problem)                     the most chips for each of many ceilings on public money → [chips, …]
    batch(documents)                      many funds, one after the other                        → [objective, …]
    round_trip(document)                  the same allocation as a request over HTTP             → [objective]

What it returns are optimal values in order; the runner compares them with everybody else's. A module may have
``prepare(job, data)``: what it returns is handed to the job's function in place of the data, and is not timed. Data are
parsed already (``benchmarks/peers/reading.py`` turns a document into arrays): reading JSON is timed for ours alone.
"""
