"""Choices of the app `observers`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberList(models.TextChoices):
    """The list on which a state names somebody (Charter 2.3, 2.4 end; congress.md 7)."""

    REPRESENTATIVE = "representative", _("Representative")
    SUBSTITUTE = "substitute", _("Substitute")
    CONSULTATIVE = "consultative", _("Consultative voice")
    YOUTH = "youth", _("Youth delegate")
    HONORARY = "honorary", _("Honorary member")


SEATED = frozenset({MemberList.REPRESENTATIVE, MemberList.SUBSTITUTE})


class Chamber(models.TextChoices):
    """The two chambers, by the letter that reports print."""

    LOCAL = "L", _("Chamber of Local Authorities")
    REGIONS = "R", _("Chamber of Regions")


class Credential(models.TextChoices):
    """How far a member's credentials have come (membership-rules R13)."""

    NOTIFIED = "notified", _("Notified")
    PROVISIONAL = "provisional", _("Provisional")
    RATIFIED = "ratified", _("Ratified")
    CHALLENGED = "challenged", _("Challenged")
    REFUSED = "refused", _("Refused")
    ENDED = "ended", _("Ended")


VALID_CREDENTIALS = frozenset({Credential.PROVISIONAL, Credential.RATIFIED})


class EndReason(models.TextChoices):
    """Why a stretch of membership ended (membership-rules R9, R10)."""

    RENEWAL = "renewal", _("Opening of the renewal session")
    DEATH = "death", _("Death")
    RESIGNATION = "resignation", _("Resignation")
    MANDATE_LOSS = "mandate_loss", _("Loss of the mandate")
    REPLACED = "replaced", _("Replaced by a successor")
    CHANGED = "changed", _("Continued with another group, chamber or seat")


class Rounding(models.TextChoices):
    """How 30 % of a list become a number of persons: open with the client, up unless told otherwise (R2, R15)."""

    UP = "up", _("Up")
    NEAREST = "nearest", _("To the nearest")
    DOWN = "down", _("Down")


class ShareBase(models.TextChoices):
    """Of what the 30 % are taken: open with the client (R2 edge case 1, R15)."""

    FILLED = "filled", _("Filled seats")
    SEATS = "seats", _("All seats, vacant ones too")


class ShareLists(models.TextChoices):
    """Which lists the 30 % are asked of: open with the client (R2, R15)."""

    EACH = "each", _("Each list by itself")
    TOGETHER = "together", _("Both lists together")


class CorrectionTopic(models.TextChoices):
    """What a request to correct is about."""

    NAME = "name", _("Name")
    ADDRESS = "address", _("E-mail or phone")
    GENDER = "gender", _("Gender")
    MEMBERSHIP = "membership", _("Membership, chamber, group")
    MANDATE = "mandate", _("Mandate")
    MISSIONS = "missions", _("Missions served")
    OTHER = "other", _("Something else")


class CorrectionState(models.TextChoices):
    """The life of a request to correct."""

    OPEN = "open", _("Open")
    TAKEN = "taken", _("Taken over")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PaperKind(models.TextChoices):
    """Papers of a person that missions need."""

    CV = "cv", _("Curriculum vitae")
    PASSPORT = "passport", _("Identity document for the accreditation")
    PHOTO = "photo", _("Photo for the accreditation")
    OTHER = "other", _("Other")


class MandateLevel(models.TextChoices):
    """The level of government at which a mandate is held."""

    LOCAL = "local", _("Local")
    REGIONAL = "regional", _("Regional")
    NONE = "none", _("Neither local nor regional")


class MarkKind(models.TextChoices):
    """Dated facts about a state that the rules on chambers ask for (membership-rules R4, R5)."""

    NO_REGIONS = "no_regions", _("State without regions")
    LARGE_AUTHORITY = "large_authority", _("Authority with municipal and regional powers")
    LEGISLATIVE_REGIONS = "legislative_regions", _("Regions with legislative powers")


class CompositionPoint(models.TextChoices):
    """What Charter 2.2 leaves to judgement; point d is computed (membership-rules R2)."""

    TERRITORY = "a", _("Balanced spread over the territory (2.2.a)")
    AUTHORITIES = "b", _("Fair share of the types of authorities (2.2.b)")
    CURRENTS = "c", _("Fair share of the political currents (2.2.c)")


class JudgementOutcome(models.TextChoices):
    """How a point is judged: `warning` is what R2 calls judged weak."""

    OK = "ok", _("In order")
    WARNING = "warning", _("Concern")


class InterestAnswer(models.TextChoices):
    """What somebody said about being available: for a mission, or for a span of days. The least comes last."""

    YES = "yes", _("Available")
    CONDITIONS = "conditions", _("Available on conditions")
    NO = "no", _("Not available")


class DocumentKind(models.TextChoices):
    """What somebody shows who they are with."""

    PASSPORT = "passport", _("Passport")
    ID_CARD = "id_card", _("Identity card")


class ProposalKind(models.TextChoices):
    """What a proposal is for."""

    DELEGATION = "delegation", _("Delegation")
    WHAT_IF = "what_if", _("What if")
    REPLACEMENT = "replacement", _("Replacement")


class ProposalState(models.TextChoices):
    """The life of a proposal."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    SUPERSEDED = "superseded", _("Superseded")


class SolveStatus(models.TextChoices):
    """What the optimisation can say about its answer."""

    OPTIMAL = "optimal", _("Proven best")
    FEASIBLE = "feasible", _("Good, not proven best")
    BY_HAND = "by_hand", _("Changed by hand")
    IMPOSSIBLE = "impossible", _("Impossible")


class Level(models.TextChoices):
    """The result of one criterion (observation-rules 4)."""

    OK = "ok", _("In order")
    WARNING = "warning", _("Warning")
    BREACH = "breach", _("Breach")


class DeclarationKind(models.TextChoices):
    """The two declarations of each mission (observation-rules C6, C8)."""

    CODE = "code", _("Code of conduct")
    INTEREST = "interest", _("Conflict of interest")


class DeclarationDecision(models.TextChoices):
    """What the coordinator decided about a declared interest; a declaration without any is cleared at once."""

    NONE = "none", _("No interests")
    PENDING = "pending", _("To be decided")
    CLEARED = "cleared", _("No conflict")
    CONFLICT = "conflict", _("Conflict of interest")


class PlanState(models.TextChoices):
    """The life of a version of the deployment plan."""

    RELEASED = "released", _("Released")
    SUPERSEDED = "superseded", _("Superseded")


class TeamRole(models.TextChoices):
    """What somebody does in a team."""

    LEADER = "leader", _("Team leader")
    MEMBER = "member", _("Observer")
    INTERPRETER = "interpreter", _("Interpreter")
    DRIVER = "driver", _("Driver")


class StopKind(models.TextChoices):
    """What a team watches at a stop (observation-rules 6)."""

    OPENING = "opening", _("Opening")
    VOTING = "voting", _("Voting")
    CLOSING = "closing", _("Closing and count")
    TABULATION = "tabulation", _("Tabulation")


class StopOutcome(models.TextChoices):
    """What became of a planned stop."""

    PLANNED = "planned", _("Planned")
    VISITED = "visited", _("Visited")
    NOT_REACHED = "not_reached", _("Not reached")
    REFUSED = "refused", _("Access refused")
    CLOSED = "closed", _("Found closed")


class ContactKind(models.TextChoices):
    """Whose number it is, in the order in which the team's sheet prints them."""

    EMERGENCY = "emergency", _("Emergency")
    MEDICAL = "medical", _("Doctor or hospital")
    SECRETARIAT = "secretariat", _("Secretariat")
    EMBASSY = "embassy", _("Embassy")
    OTHER = "other", _("Other contact")


class AreaRule(models.TextChoices):
    """How areas and stations are spread among the teams."""

    STRATA = "strata", _("Stations at random within strata")
    FREE = "free", _("Areas at random, free choice within them")
