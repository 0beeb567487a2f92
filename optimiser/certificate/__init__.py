"""The certificate: every labelled rule recomputed from the scenario, in exact arithmetic, on a whole-euro plan.

A second opinion: nothing here knows the model, the solver, or the data prepared for them, so a mistake
made there is not repeated here. A plan made by hand is checked by the same code.
"""

from optimiser.certificate.certify import certify

__all__ = ["certify"]
