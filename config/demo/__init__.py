"""The demonstration: a synthetic Congress, a mission to Bulgaria, and the driver that takes it through every service.

Nothing here is a shortcut: what a page, the API or a phone would call is called, in the order people would call it
(DESIGN 5, door `demo`). See docs/demo.md.
"""
