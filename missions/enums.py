"""Choices of the missions app, in the Congress' own words (`docs/glossary.md`). Imports nothing of ours."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ElectionKind(models.TextChoices):
    """What is elected."""

    LOCAL = "local", _("Local elections")
    REGIONAL = "regional", _("Regional elections")
    LOCAL_REGIONAL = "local_regional", _("Local and regional elections")
    MAYORAL = "mayoral", _("Mayoral elections")
    PARTIAL = "partial", _("Partial or early local elections")
    REPEAT = "repeat", _("Repeat elections")
    REFERENDUM = "referendum", _("Local referendum")


class AuthorityType(models.TextChoices):
    """Which kind of authority invites (observation-rules 2, "Inviting authority")."""

    ELECTION_COMMISSION = "election_commission", _("Central election commission")
    FOREIGN_MINISTER = "foreign_minister", _("Foreign minister")
    PRIME_MINISTER = "prime_minister", _("Prime minister")
    LOCAL_GOVERNMENT_MINISTER = "local_government_minister", _("Minister for local government")
    INTERIOR_MINISTER = "interior_minister", _("Interior minister")
    PARLIAMENT = "parliament", _("Speaker of parliament")
    OTHER = "other", _("Other authority")


class RequestState(models.TextChoices):
    """The life of a request: `received`, then registered, merged or split (DESIGN 3, "Request")."""

    DRAFT = "draft", _("Being filled in")
    RECEIVED = "received", _("Received")
    REGISTERED = "registered", _("Registered")
    MERGED = "merged", _("Merged into another request")
    SPLIT = "split", _("Split into several requests")
    WITHDRAWN = "withdrawn", _("Withdrawn by the authority")


class RequestChannel(models.TextChoices):
    """How the request came."""

    LINK = "link", _("Secure link")
    POST = "post", _("Post or mail")


class Lateness(models.TextChoices):
    """How late a request is, counted to the first polling day (observation-rules A4)."""

    IN_TIME = "in_time", _("In time")
    SHORT = "short", _("Under 60 days")
    URGENT = "urgent", _("Urgent procedure: under 30 days")
    LATE = "late", _("Late: under 14 days")


class DecisionOutcome(models.TextChoices):
    """What the Bureau decided (observation-rules A7)."""

    ACCEPTED = "accepted", _("Accepted")
    FACT_FINDING = "fact_finding", _("Fact-finding visit instead")
    DECLINED = "declined", _("Declined")


class Answer(models.TextChoices):
    """Answer to one criterion of the Bureau note (observation-rules A6)."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known")


class Criterion(models.TextChoices):
    """Criteria recorded for the Bureau's decision (observation-rules A6)."""

    WRITTEN_INVITATION = "written_invitation", _("Written invitation from a competent authority")
    TIME_LEFT = "time_left", _("Enough time left")
    FREE_MOVEMENT = "free_movement", _("Free movement, access to all stations and commissions, freedom to speak publicly")
    ACCREDITATION = "accreditation", _("Accreditation offered")
    SAFETY = "safety", _("Safety of the delegation")
    BUDGET_STAFF = "budget_staff", _("Budget and staff")
    LAST_MISSION = "last_mission", _("Time since the last mission")
    OPEN_RECOMMENDATIONS = "open_recommendations", _("Open recommendations")
    POLITICAL_RELEVANCE = "political_relevance", _("Political relevance")
    OTHER_OBSERVERS = "other_observers", _("Other observers present")
    OVERLAP = "overlap", _("No overlap with other missions")


class MissionFormat(models.TextChoices):
    """Formats of a mission and thereby its product (observation-rules A8)."""

    OBSERVATION = "observation", _("Observation mission")
    ENLARGED = "enlarged", _("Enlarged mission")
    ASSESSMENT = "assessment", _("Electoral assessment mission")
    REMOTE = "remote", _("Remote observation")
    JOINT = "joint", _("Joint international mission")
    FACT_FINDING = "fact_finding", _("Fact-finding or high-level visit")


# Formats with teams in the field, and formats whose product is an information report or note (A8).
FIELD_FORMATS = frozenset({MissionFormat.OBSERVATION, MissionFormat.ENLARGED, MissionFormat.ASSESSMENT, MissionFormat.JOINT})
DESK_FORMATS = frozenset({MissionFormat.REMOTE, MissionFormat.FACT_FINDING})
INFORMATION_FORMATS = frozenset({MissionFormat.ASSESSMENT, MissionFormat.REMOTE, MissionFormat.FACT_FINDING})


class MissionState(models.TextChoices):
    """States of a mission (DESIGN 4, observation-rules 5)."""

    WATCH = "watch", _("On watch")
    INVITED = "invited", _("Invited")
    BEFORE_BUREAU = "before_bureau", _("Before the Bureau")
    ACCEPTED = "accepted", _("Accepted")
    COMPOSING = "composing", _("Composing the delegation")
    PREPARING = "preparing", _("Preparing")
    BRIEFING = "briefing", _("Briefing")
    ELECTION_DAY = "election_day", _("Election day")
    DEBRIEFING = "debriefing", _("Debriefing")
    PRELIMINARY = "preliminary", _("Preliminary conclusions")
    DRAFTING = "drafting", _("Drafting the report")
    COMMITTEE = "committee", _("Before the committee")
    ADOPTION = "adoption", _("Before adoption")
    TRANSMISSION = "transmission", _("Transmission")
    FOLLOW_UP = "follow_up", _("Follow-up")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")


# The straight road, in order; declined and cancelled leave it.
ROAD = tuple(state for state in MissionState if state not in {MissionState.DECLINED, MissionState.CANCELLED})
BEFORE_ELECTION_DAY = frozenset(ROAD[: ROAD.index(MissionState.ELECTION_DAY)])
ENDED = frozenset({MissionState.CLOSED, MissionState.DECLINED, MissionState.CANCELLED})


class AssignmentRole(models.TextChoices):
    """What a person does in a mission (observation-rules 2)."""

    HEAD = "head", _("Head of delegation")
    DEPUTY = "deputy", _("Deputy head of delegation")
    RAPPORTEUR = "rapporteur", _("Rapporteur")
    OBSERVER = "observer", _("Observer")
    EXPERT = "expert", _("Expert")
    STAFF = "staff", _("Secretariat")
    PARTNER = "partner", _("Partner observer")
    INTERPRETER = "interpreter", _("Interpreter")
    DRIVER = "driver", _("Driver")


# Roles held by members of the Congress: they count for the composition rules C1-C5.
MEMBER_ROLES = frozenset({AssignmentRole.HEAD, AssignmentRole.DEPUTY, AssignmentRole.RAPPORTEUR, AssignmentRole.OBSERVER})


class AssignmentState(models.TextChoices):
    """The life of an assignment; only the services of `observers` write it."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    CONFIRMED = "confirmed", _("Confirmed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


LIVE_ASSIGNMENTS = frozenset({AssignmentState.ASKED, AssignmentState.ACCEPTED, AssignmentState.CONFIRMED})
SEATED_ASSIGNMENTS = frozenset({AssignmentState.ACCEPTED, AssignmentState.CONFIRMED})


class VisitKind(models.TextChoices):
    """Journeys of a mission."""

    PRE_ELECTORAL = "pre_electoral", _("Pre-electoral visit")
    MAIN = "main", _("Main mission")
    SECOND_ROUND = "second_round", _("Second round")


class Anchor(models.TextChoices):
    """The day from which a deadline is counted."""

    POLLING_DAY = "polling_day", _("First polling day")
    LAST_POLLING_DAY = "last_polling_day", _("Last polling day")
    ADOPTION = "adoption", _("Adoption")


class SourceMark(models.TextChoices):
    """Where a rule comes from (observation-rules, head)."""

    ADOPTED_TEXT = "T", _("Adopted text")
    PRACTICE = "P", _("Practice seen in missions")
    DEFAULT = "D", _("Proposed default, to be confirmed")


class StationSetting(models.TextChoices):
    """H05."""

    URBAN = "urban", _("Urban")
    RURAL = "rural", _("Rural")


class StationKind(models.TextChoices):
    """H06."""

    ORDINARY = "ordinary", _("Ordinary")
    HOSPITAL_OR_CARE = "hospital_or_care", _("Hospital or care home")
    PRISON = "prison", _("Prison")
    MILITARY = "military", _("Military")
    MOBILE_ONLY = "mobile_only", _("Mobile only")
    OTHER = "other", _("Other")


class OrganisationKind(models.TextChoices):
    """Kinds of interlocutors (observation-rules 5, S7) and of partners (congress.md 6)."""

    ELECTION_COMMISSION = "election_commission", _("Election commission")
    MINISTRY = "ministry", _("Ministry")
    COURT = "court", _("Court")
    AUTHORITY = "authority", _("Other public authority")
    CONGRESS_DELEGATION = "congress_delegation", _("National delegation to the Congress")
    NATIONAL_ASSOCIATION = "national_association", _("National association of authorities")
    MUNICIPALITY = "municipality", _("Municipality or region")
    PARTY = "party", _("Political party or candidate")
    NGO = "ngo", _("Non-governmental organisation")
    CITIZEN_OBSERVERS = "citizen_observers", _("Citizen observers")
    MEDIA = "media", _("Media")
    EMBASSY = "embassy", _("Embassy")
    INTERNATIONAL = "international", _("International organisation or mission")


class PartnerStatus(models.TextChoices):
    """Partner statuses of the Congress (congress.md 5)."""

    NONE = "none", _("No partner status")
    STATUTORY = "statutory", _("Statutory partner")
    INSTITUTIONAL = "institutional", _("Institutional partner")
    OBSERVER = "observer", _("Observer partner")
    GUEST_OBSERVER = "guest_observer", _("Guest observer")


class StatusPhase(models.TextChoices):
    """Where the term of a partner status stands; guest observer status is granted for five years (congress.md 5)."""

    NONE = "none", _("No partner status")
    TO_COME = "to_come", _("Not begun yet")
    HOLDS = "holds", _("In force")
    ENDING = "ending", _("Ends soon")
    ENDED = "ended", _("Ended")


class MeetingKind(models.TextChoices):
    """Kinds of meetings of a mission (observation-rules 5, S7)."""

    ELECTION_COMMISSION = "election_commission", _("Election commission")
    MINISTRY = "ministry", _("Ministry")
    COURT = "court", _("Constitutional court")
    CONGRESS_DELEGATION = "congress_delegation", _("Delegation of the country to the Congress")
    NATIONAL_ASSOCIATION = "national_association", _("National associations")
    MAYOR = "mayor", _("Mayor")
    PARTIES = "parties", _("Parties and candidates")
    NGO = "ngo", _("Non-governmental organisations")
    CITIZEN_OBSERVERS = "citizen_observers", _("Citizen observers")
    MEDIA = "media", _("Media")
    EMBASSY = "embassy", _("Embassies")
    JOINT_BRIEFING = "joint_briefing", _("Joint briefing with partners")
    INTERNAL = "internal", _("Internal meeting")
    TRAINING = "training", _("Form training")
    DEBRIEFING = "debriefing", _("Debriefing")
    PRESS_CONFERENCE = "press_conference", _("Press conference")
    TRAVEL = "travel", _("Travel")
    OTHER = "other", _("Other")


class MeetingState(models.TextChoices):
    """The life of a meeting."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class ParticipantAnswer(models.TextChoices):
    """What an invited organisation answered."""

    NOT_INVITED = "not_invited", _("Not invited yet")
    INVITED = "invited", _("Invited, no answer yet")
    ACCEPTED = "accepted", _("Accepts")
    TENTATIVE = "tentative", _("Accepts provisionally")
    DECLINED = "declined", _("Declines")
    PROPOSED = "proposed", _("Proposes another time")


# Organisations that still count on the meeting: they are told what changes and are waited for.
EXPECTED_ANSWERS = frozenset(
    {ParticipantAnswer.INVITED, ParticipantAnswer.ACCEPTED, ParticipantAnswer.TENTATIVE, ParticipantAnswer.PROPOSED}
)


class Rating(models.TextChoices):
    """How a topic looked in a meeting (field-forms 6)."""

    IN_ORDER = "in_order", _("In order")
    SOME_CONCERN = "some_concern", _("Some concern")
    SERIOUS_CONCERN = "serious_concern", _("Serious concern")
    NOT_ASSESSED = "not_assessed", _("Not assessed")


class FeedKind(models.TextChoices):
    """What a calendar feed shows."""

    PERSON = "person", _("Personal")
    TEAM = "team", _("Team")
    MISSION = "mission", _("Mission")
    ELECTIONS = "elections", _("Elections to watch")
