"""Sentences of what this app logs."""

from django.utils.translation import gettext_lazy as _

from core.audit import register_code

SENTENCES = {
    "finding_added": _("Wrote down a finding."),
    "finding_changed": _("Changed a finding."),
    "finding_translated": _("Translated a finding."),
    "finding_agreed": _("Agreed on a finding."),
    "finding_reopened": _("Opened a finding again."),
    "finding_dropped": _("Dropped a finding."),
    "finding_stated": _("Put a finding into the preliminary conclusions."),
    "finding_memorialised": _("Put a finding into the memorandum."),
    "finding_opened": _("Opened the text of a finding to the public."),
    "finding_commented": _("Commented on a finding."),
    "findings_suggested": _("Had findings suggested from the figures."),
    "evidence_linked": _("Linked evidence to a finding."),
    "evidence_removed": _("Removed evidence from a finding."),
    "statement_frozen": _("Froze the preliminary conclusions."),
    "recommendation_drafted": _("Drafted a recommendation."),
    "recommendation_changed": _("Changed a recommendation."),
    "recommendation_related": _("Said how a recommendation stands to an earlier one."),
    "recommendation_translated": _("Translated a recommendation."),
    "recommendation_withdrawn": _("Withdrew a recommendation."),
    "recommendations_ordered": _("Ordered the recommendations."),
    "recommendation_moved": _("Moved a recommendation."),
    "recommendation_adopted": _("Fixed the adopted wording of a recommendation."),
    "recommendation_assessed": _("Assessed a recommendation."),
    "assessment_withdrawn": _("Took back an assessment of a recommendation."),
    "dialogue_recorded": _("Recorded a dialogue."),
    "report_opened": _("Opened a report."),
    "report_changed": _("Changed the cover of a report."),
    "report_moved": _("Moved a report."),
    "adoption_corrected": _("Corrected the recorded adoption of a report."),
    "paragraph_added": _("Added a paragraph."),
    "paragraph_saved": _("Saved a paragraph."),
    "paragraph_checked": _("Checked the translation of a paragraph."),
    "paragraph_removed": _("Removed a paragraph."),
    "paragraphs_ordered": _("Ordered paragraphs."),
    "paragraph_placed": _("Moved a paragraph to another chapter."),
    "paragraph_remarked": _("Said something about a paragraph."),
    "remark_decided": _("Decided a remark on a paragraph."),
    "word_brought": _("Brought a Word document back."),
    "word_taken": _("Took over the changes of a Word document."),
    "word_dropped": _("Put a Word document aside."),
    "version_frozen": _("Froze a version of a report."),
    "published": _("Published a report."),
    "corrected": _("Published a correction."),
    "withdrawn": _("Withdrew a report."),
    "embargo_moved": _("Moved an embargo."),
    "authorities_asked": _("Asked the authorities to comment on a draft."),
    "comments_finished": _("Had no further comment on a draft."),
    "rapporteur_reminded": _("Reminded the rapporteur of a draft."),
    "comment_received": _("Received a comment on a draft."),
    "comment_answered": _("Answered a comment on a draft."),
    "text_composed": _("Composed a text of the mission."),
    "text_changed": _("Changed a text of the mission."),
    "text_moved": _("Moved a text of the mission."),
    "text_released": _("Released a text of the mission."),
    "practice_added": _("Wrote down a good practice."),
    "practice_changed": _("Changed a good practice."),
    "practice_moved": _("Moved a good practice."),
    "mission_removed": _("Removed the texts of a mission."),
}


def register() -> None:
    """Give every code its sentence."""
    for code, sentence in SENTENCES.items():
        register_code(f"reports.{code}", sentence)
