"""The risk of a plan: draws of losses, who bears them, and what they mean in numbers.

    draws      which share of each candidate is lost in each draw
    terms      the figures of the tiers that bear losses, as arrays
    pool       from lost shares to the loss of each level and tier
    measures   numbers about a distribution of losses, and about returns and aid

Everything here is plain arithmetic on arrays, computed after the fact from a plan and draw by draw: it knows nothing
of how the plan was found.
"""
