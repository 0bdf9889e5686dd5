"""A forward walk over a lowered program, for analyses that ask what is known at a place of it.

`Flow` knows the order of evaluation and nothing else; what there is to know is the business of a `Domain`, which owns
the states. Branches run on copies of the state and meet again where they end. What returns, raises or jumps does not
come back, so that a test guards what follows it exactly where it dominates it. `and`, `or`, `??` and conditional
expressions are branches too. The body of a loop runs once and may not have run. A handler starts with what is known
after any statement of the body of its `try`, since each may raise. `finally` runs on the way that goes on, and once
more on all ways that leave.

The walk takes one step per node, and at most a copy and a merge of a state per branch. What leans to the left, however
long, is walked without recursion; branches that are nested deeper than any program nests them are walked as if they
were none, and functions in functions not at all.
"""

from persistlint.analysis.flow.domain import Domain, Ends
from persistlint.analysis.flow.statements import Flow

__all__ = ["Domain", "Ends", "Flow"]
