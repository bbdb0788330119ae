"""The instruments: each makes one kind of pitfall visible, restores what it touched, and speaks through `verdict`.

Modules are loaded on demand, so that a lesson without a database imports no database library.
"""
