"""Teams and their ways as pure code (`docs/deployment.md`): drawing of stations, teams, routes. No database."""
