"""Choices of findings, recommendations, reports and their follow-up (report-structure 6)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.enums import Access


class Checked(models.TextChoices):
    """How far a standard's text was re-read against its source (report-structure 8)."""

    READ = "read", _("Read against the source")
    CONTENT = "content", _("Content read, number not re-read")
    PARTLY = "partly", _("Read in part")
    KNOWN = "known", _("Not re-read against its source")


class Phase(models.TextChoices):
    """The part of the electoral process that a finding is about."""

    BEFORE = "before", _("Before polling day")
    OPENING = "opening", _("Opening")
    VOTING = "voting", _("Voting")
    COUNTING = "counting", _("Closing and counting")
    TABULATION = "tabulation", _("Tabulation")
    AFTER = "after", _("After polling day")


class Seriousness(models.IntegerChoices):
    """How much a finding weighs; the numbers are those of the forms' flags (field-forms 2)."""

    NONE = 0, _("Not a fault")
    MINOR = 1, _("Minor")
    SERIOUS = 2, _("Serious")
    CRITICAL = 3, _("Critical")


class FindingKind(models.TextChoices):
    """What the text does with a finding (report-structure 6, "text element")."""

    WELCOME = "welcome", _("Welcome")
    CONCERN = "concern", _("Concern")
    CALL = "call", _("Call")
    GOOD_PRACTICE = "good_practice", _("Good practice")


class Confidence(models.TextChoices):
    """How sure the delegation is."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class FindingState(models.TextChoices):
    """The life of a finding (report-structure 6)."""

    DRAFT = "draft", _("Draft")
    AGREED = "agreed", _("Agreed by the delegation")
    IN_PRELIMINARY = "in_preliminary", _("In the preliminary conclusions")
    IN_MEMORANDUM = "in_memorandum", _("In the memorandum")
    DROPPED = "dropped", _("Dropped")


class EvidenceKind(models.TextChoices):
    """What a finding rests on."""

    ANSWER = "answer", _("Answer in a form")
    FIGURE = "figure", _("Figure")
    NOTE = "note", _("Note")
    MEETING = "meeting", _("Meeting")
    INCIDENT = "incident", _("Incident")
    DOCUMENT = "document", _("Document")
    RECOMMENDATION = "recommendation", _("Earlier recommendation")


class Addressee(models.TextChoices):
    """Who is asked to act (report-structure 6)."""

    GOVERNMENT = "government", _("National government")
    PARLIAMENT = "parliament", _("Parliament")
    CENTRAL_COMMISSION = "central_commission", _("Central election commission")
    LOWER_COMMISSIONS = "lower_commissions", _("Lower election commissions")
    LOCAL_AUTHORITIES = "local_authorities", _("Local and regional authorities")
    ASSOCIATION = "association", _("National association of authorities")
    PARTIES = "parties", _("Parties and candidates")
    MEDIA_REGULATOR = "media_regulator", _("Media regulator")
    PUBLIC_MEDIA = "public_media", _("Public media")
    COURTS = "courts", _("Courts")
    PROSECUTION = "prosecution", _("Prosecution and police")
    REGISTER_OFFICE = "register_office", _("Statistical or register office")
    COMMITTEE_OF_MINISTERS = "committee_of_ministers", _("Committee of Ministers")
    PACE = "pace", _("Parliamentary Assembly")
    CONGRESS = "congress", _("Body of the Congress")
    VENICE_COMMISSION = "venice_commission", _("Venice Commission")


class Priority(models.TextChoices):
    """Weight of a recommendation; the Congress' texts show none, the tracker does."""

    HIGH = "high", _("High")
    NORMAL = "normal", _("Normal")


class ActionType(models.TextChoices):
    """What kind of act is asked for."""

    LEGISLATION = "legislation", _("Legislation")
    PRACTICE = "practice", _("Practice")
    TRAINING = "training", _("Training")
    RESOURCES = "resources", _("Resources")
    INFORMATION = "information", _("Information")


class Relation(models.TextChoices):
    """How a recommendation stands to an earlier one on the same country."""

    REPEATS = "repeats", _("repeats")
    WIDENS = "widens", _("widens")
    REPLACES = "replaces", _("replaces")


class RecommendationState(models.TextChoices):
    """How far the making of a recommendation has come (report-structure 6)."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved by the committee")
    AMENDED = "amended", _("Amended")
    ADOPTED = "adopted", _("Adopted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class FollowUpStatus(models.TextChoices):
    """What became of a recommendation: four values of ODIHR's paragraph 25 and two of the project."""

    FULLY = "fully", _("Fully implemented")
    MOSTLY = "mostly", _("Mostly implemented")
    PARTIALLY = "partially", _("Partially implemented")
    NOT_IMPLEMENTED = "not_implemented", _("Not implemented")
    NOT_ASSESSED = "not_assessed", _("Not assessed")
    NO_LONGER = "no_longer_applicable", _("No longer applicable")


class FollowUpBasis(models.TextChoices):
    """What an assessment rests on."""

    NEXT_MISSION = "next_mission", _("Next mission")
    MONITORING_VISIT = "monitoring_visit", _("Monitoring visit")
    DIALOGUE = "dialogue", _("Post-electoral dialogue")
    DESK_REVIEW = "desk_review", _("Desk review")
    LETTER = "letter", _("Letter of the authorities")
    CITIZEN_OBSERVERS = "citizen_observers", _("Citizen observers")


class ReportKind(models.TextChoices):
    """The product of a mission (observation-rules A8)."""

    REPORT = "report", _("Report")
    INFORMATION_REPORT = "information_report", _("Information report")
    NOTE = "note", _("Information note")


class ReportState(models.TextChoices):
    """The life of a report; moves in `reports.lifecycle`."""

    DRAFT = "draft", _("Draft")
    AGREED = "agreed", _("Agreed by the rapporteur")
    CONSULTATION = "consultation", _("In consultation")
    COMMITTEE = "committee", _("Before the committee")
    APPROVED = "approved", _("Approved by the committee")
    AMENDED = "amended", _("Being amended")
    ADOPTED = "adopted", _("Adopted")
    PUBLISHED = "published", _("Published")
    TRANSMITTED = "transmitted", _("Transmitted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SectionCode(models.TextChoices):
    """Chapters of the explanatory memorandum, in their usual order (report-structure 4; titles unverified)."""

    SUMMARY = "summary", _("Summary")
    INTRODUCTION = "introduction", _("Introduction")
    CONTEXT = "context", _("Political context")
    GOVERNMENT = "government", _("Structure of local government")
    LEGAL = "legal", _("Legal framework and electoral system")
    ADMINISTRATION = "administration", _("Election administration")
    REGISTER = "register", _("Voter register")
    CANDIDATES = "candidates", _("Candidates")
    CAMPAIGN = "campaign", _("Campaign and finance")
    MEDIA = "media", _("Media")
    COMPLAINTS = "complaints", _("Complaints")
    ELECTION_DAY = "election_day", _("Election day")
    RESULTS = "results", _("Turnout and results")
    CONCLUSIONS = "conclusions", _("Conclusions")


class CommentWay(models.TextChoices):
    """How a comment of the authorities came."""

    LINK = "link", _("by the secure link")
    LETTER = "letter", _("by letter")
    MAIL = "mail", _("by mail")


class VersionReason(models.TextChoices):
    """Why a version of a report was frozen."""

    WORKING = "working", _("Working version")
    CONSULTATION = "consultation", _("For the authorities")
    COMMITTEE = "committee", _("For the committee")
    SESSION = "session", _("For the session")
    ADOPTED = "adopted", _("As adopted")
    CORRECTION = "correction", _("Correction")


class RemarkKind(models.TextChoices):
    """What a member of the delegation says about a paragraph."""

    COMMENT = "comment", _("Comment")
    SUGGESTION = "suggestion", _("Suggestion")


class RemarkState(models.TextChoices):
    """What became of a remark on a paragraph."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Taken back")


class RemarkAct(models.TextChoices):
    """One entry of the thread under a remark."""

    REPLY = "reply", _("Reply")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    REOPENED = "reopened", _("Opened again")
    CHANGED = "changed", _("Changed by its author")
    WITHDRAWN = "withdrawn", _("Taken back by its author")


class ImportState(models.TextChoices):
    """What became of a Word document that was brought back."""

    OPEN = "open", _("To be decided")
    TAKEN = "taken", _("Taken over")
    DROPPED = "dropped", _("Not taken over")


class MissionTextKind(models.TextChoices):
    """Texts that accompany a mission, beside statement and report (report-structure 1)."""

    ANNOUNCEMENT = "announcement", _("Announcement")
    MEDIA_ADVISORY = "media_advisory", _("Media advisory")
    SPEAKING_NOTES = "speaking_notes", _("Speaking notes")
    PRESS_RELEASE = "press_release", _("Press release on adoption")


class MissionTextState(models.TextChoices):
    """The life of such a text; moves in `reports.lifecycle`."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    RELEASED = "released", _("Released")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PracticeLevel(models.TextChoices):
    """How far civil society takes part (Code of good practice for civil participation, revised 2019)."""

    INFORMATION = "information", _("Information")
    CONSULTATION = "consultation", _("Consultation")
    DIALOGUE = "dialogue", _("Dialogue")
    INVOLVEMENT = "involvement", _("Active involvement")


class PracticeStep(models.TextChoices):
    """The step of the decision process (the same code)."""

    AGENDA = "agenda", _("Agenda setting")
    DRAFTING = "drafting", _("Drafting")
    DECISION = "decision", _("Decision")
    IMPLEMENTATION = "implementation", _("Implementation")
    MONITORING = "monitoring", _("Monitoring")
    REFORMULATION = "reformulation", _("Reformulation")


class PracticeActor(models.TextChoices):
    """Who did it."""

    LOCAL_AUTHORITY = "local_authority", _("Local authority")
    REGIONAL_AUTHORITY = "regional_authority", _("Regional authority")
    NATIONAL_AUTHORITY = "national_authority", _("National authority")
    ELECTION_COMMISSION = "election_commission", _("Election commission")
    ASSOCIATION = "association", _("Association of authorities")
    NGO = "ngo", _("Non-governmental organisation")
    CITIZENS = "citizens", _("Citizens")
    YOUTH = "youth", _("Young people")
    MEDIA = "media", _("Media")
    ACADEMIA = "academia", _("Universities and researchers")


class PracticeState(models.TextChoices):
    """The life of a good practice."""

    DRAFT = "draft", _("Draft")
    CHECKED = "checked", _("Checked")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


READERS = ("head", "deputy", "rapporteur", "observer", "expert", "staff", "partner")
"""Mission roles that read findings and reports; interpreters and drivers do not."""

REMARKERS = tuple(role for role in READERS if role != "partner")
"""Mission roles that may comment on a paragraph of the draft: the delegation, not its partners."""

OPEN_TO_TEAM = frozenset({Access.TEAM.value, Access.PUBLIC.value})
"""Access levels that people of the mission read; the others are for the global roles."""
