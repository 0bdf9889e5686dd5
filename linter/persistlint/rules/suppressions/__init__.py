"""Comments that suppress nothing, or that name no rule.

`persistlint.suppression` runs these rules.
"""
