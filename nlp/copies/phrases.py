"""The words of copies, covers and sheets in four languages."""

from __future__ import annotations

from nlp.copies.cover.phrases import ROWS as _MORE
from nlp.program import LANGUAGES

_ROWS: dict[str, tuple[str, str, str, str]] = {  # en, es, pt, fr
    "suggested": ("suggested", "sugerido", "sugerido", "suggéré"),
    "review": ("to be reviewed", "por revisar", "a rever", "à vérifier"),
    "confirmed": ("confirmed", "confirmado", "confirmado", "confirmé"),
    "corrected": ("corrected and confirmed", "corregido y confirmado", "corrigido e confirmado", "corrigé et confirmé"),
    "rejected": ("rejected", "rechazado", "rejeitado", "rejeté"),
    "unsure": ("unsure", "dudoso", "em dúvida", "incertain"),
    "postponed": ("postponed", "aplazado", "adiado", "reporté"),
    "done": ("done", "hecho", "realizado", "réalisé"),
    "planned": ("planned", "previsto", "previsto", "prévu"),
    "standing": ("standing practice", "práctica permanente", "prática permanente", "pratique permanente"),
    "recommended": ("recommended", "recomendado", "recomendado", "recommandé"),
    "mention": ("mentioned only", "solo mencionado", "apenas mencionado", "seulement mentionné"),
    "objective": ("Objective", "Objetivo", "Objetivo", "Objectif"),
    "activity": ("Activity", "Actividad", "Atividade", "Activité"),
    "state": ("State", "Estado", "Estado", "État"),
    "probability": ("Probability", "Probabilidad", "Probabilidade", "Probabilité"),
    "treatment": ("Treatment", "Tratamiento", "Tratamento", "Traitement"),
    "implementer": ("Implementer", "Ejecutor", "Executor", "Responsable"),
    "reason": ("Why", "Por qué", "Porquê", "Pourquoi"),
    "decided": ("Decided by", "Decidido por", "Decidido por", "Décidé par"),
    "page": ("page", "página", "página", "page"),
    "p": ("p.", "pág.", "pág.", "p."),
    "findings": (
        "Findings in this copy", "Hallazgos en esta copia", "Achados nesta cópia", "Constats dans cette copie",
    ),
    "counted": (
        "{placed} at their words, {near} near them, {lost} not placed",
        "{placed} en sus palabras, {near} cerca de ellas, {lost} sin ubicar",
        "{placed} nas suas palavras, {near} perto delas, {lost} não situados",
        "{placed} à leurs mots, {near} à proximité, {lost} non situés",
    ),
    "none": (
        "No finding in this copy.", "Ningún hallazgo en esta copia.", "Nenhum achado nesta cópia.",
        "Aucun constat dans cette copie.",
    ),
    "not_placed": (
        "Findings that stand elsewhere than at their words",
        "Hallazgos que no están en sus palabras",
        "Achados que não estão nas suas palavras",
        "Constats qui ne sont pas à leurs mots",
    ),
    "footnote": (
        "The words stand in a note, where no comment can be; it is at the note's mark.",
        "Las palabras están en una nota, donde no cabe un comentario; este va en la llamada de la nota.",
        "As palavras estão numa nota, onde não cabe um comentário; este fica na chamada da nota.",
        "Les mots sont dans une note, où aucun commentaire n'est possible ; il est à l'appel de note.",
    ),
    "box": (
        "The words stand in a text box, where no comment can be; it is at the paragraph that holds the box.",
        "Las palabras están en un cuadro de texto, donde no cabe un comentario; este va en el párrafo del cuadro.",
        "As palavras estão numa caixa de texto, onde não cabe um comentário; este fica no parágrafo da caixa.",
        "Les mots sont dans une zone de texte, où aucun commentaire n'est possible ; il est au paragraphe de la zone.",
    ),
    "margin": (
        "The words stand in a header or footer, where no comment can be; it is at the beginning of the text.",
        "Las palabras están en un encabezado o pie, donde no cabe un comentario; este va al comienzo del texto.",
        "As palavras estão num cabeçalho ou rodapé, onde não cabe um comentário; este fica no início do texto.",
        "Les mots sont en en-tête ou en pied de page, où aucun commentaire n'est possible ; il est au début du texte.",
    ),
    "part": (
        "Only a part of the words could be marked.", "Solo se pudo marcar una parte de las palabras.",
        "Só uma parte das palavras pôde ser marcada.", "Seule une partie des mots a pu être marquée.",
    ),
    "moved": (
        "The report reads otherwise now; these words were not found again at their place.",
        "El informe se lee ahora de otro modo; estas palabras no se hallaron de nuevo en su lugar.",
        "O relatório lê-se agora de outro modo; estas palavras não foram reencontradas no seu lugar.",
        "Le rapport se lit autrement ; ces mots n'ont pas été retrouvés à leur place.",
    ),
    "nowhere": (
        "The place of these words in the file is not known.", "No se conoce el lugar de estas palabras en el archivo.",
        "Não se conhece o lugar destas palavras no ficheiro.",
        "La place de ces mots dans le fichier n'est pas connue.",
    ),
    "orphaned": (
        "The decided words no longer stand in the report.", "Las palabras decididas ya no están en el informe.",
        "As palavras decididas já não estão no relatório.", "Les mots retenus ne sont plus dans le rapport.",
    ),
    "id": ("id", "id", "id", "id"),
    "version": ("version", "versión", "versão", "version"),
    "target": ("Target", "Meta", "Meta", "Cible"),
    "title": ("Title", "Título", "Título", "Titre"),
    "quote": ("Quote", "Cita", "Citação", "Citation"),
    "why": ("Why suggested", "Por qué se sugiere", "Por que se sugere", "Pourquoi suggéré"),
    "decision": ("Decision", "Decisión", "Decisão", "Décision"),
    "own_reason": ("Your reason", "Su razón", "Sua razão", "Votre raison"),
    "confirm": ("confirm", "confirmar", "confirmar", "confirmer"),
    "reject": ("reject", "rechazar", "rejeitar", "rejeter"),
    "unsure_now": ("not sure", "no es seguro", "não é certo", "pas sûr"),
    "postpone": ("postpone", "aplazar", "adiar", "reporter"),
    "review_sheet": ("Review", "Revisión", "Revisão", "Révision"),
    "lists": ("Lists", "Listas", "Listas", "Listes"),
    "pick": (
        "Choose an entry of the list.", "Elija una entrada de la lista.", "Escolha uma entrada da lista.",
        "Choisissez une entrée de la liste.",
    ),
    "proves": (
        "A link shows that the report says something that bears on the target. It does not prove that the activity "
        "took place, went well or was enough; silence in a report does not prove that nothing was done.",
        "Un vínculo muestra que el informe dice algo relativo al objetivo o la actividad. No prueba que la actividad "
        "se hizo, salió bien o bastó; el silencio de un informe no prueba que nada se hizo.",
        "Uma ligação mostra que o relatório diz algo relativo ao objetivo ou à atividade. Não prova que a atividade "
        "aconteceu, correu bem ou bastou; o silêncio de um relatório não prova que nada se fez.",
        "Un lien montre que le rapport dit quelque chose qui touche à l'objectif ou à l'activité. Il ne prouve pas que "
        "l'activité a eu lieu, a réussi ou a suffi ; le silence d'un rapport ne prouve pas que rien n'a été fait.",
    ),
}  # fmt: skip
PHRASES: dict[str, dict[str, str]] = {
    code: {key: row[place] for key, row in (_ROWS | _MORE).items()} for place, code in enumerate(LANGUAGES)
}


def say(key: str, language: str, **values: object) -> str:
    """Return a phrase in a language (English where we do not speak it), with values put in.

    Raises:
        KeyError: if there is no such phrase.
    """
    return PHRASES.get(language, PHRASES["en"])[key].format(**values)
