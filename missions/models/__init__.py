"""Nouns of the missions app."""

from missions.models.assignment import Assignment, Visit
from missions.models.country import Country, localised
from missions.models.election import Election, PollingDay
from missions.models.letter import LetterTemplate
from missions.models.milestone import Milestone
from missions.models.mission import Mission, MissionMove, ReferenceCounter
from missions.models.organisation import Contact, Organisation, OrganisationMerge
from missions.models.preparation import Preparation, PreparationKind
from missions.models.programme import (
    CalendarFeed,
    MailedReply,
    Meeting,
    MeetingNote,
    MeetingNoteRevision,
    MeetingTask,
    Participant,
    ProgrammeReading,
    ProgrammeRelease,
    Track,
)
from missions.models.reference import DeadlineRule, PastMission
from missions.models.request import Decision, Request
from missions.models.station import Station
from missions.models.travel import Travel

__all__ = [
    "Assignment",
    "CalendarFeed",
    "Contact",
    "Country",
    "DeadlineRule",
    "Decision",
    "Election",
    "LetterTemplate",
    "MailedReply",
    "Meeting",
    "MeetingNote",
    "MeetingNoteRevision",
    "MeetingTask",
    "Milestone",
    "Mission",
    "MissionMove",
    "Organisation",
    "OrganisationMerge",
    "Participant",
    "PastMission",
    "PollingDay",
    "Preparation",
    "PreparationKind",
    "ProgrammeReading",
    "ProgrammeRelease",
    "ReferenceCounter",
    "Request",
    "Station",
    "Track",
    "Travel",
    "Visit",
    "localised",
]
