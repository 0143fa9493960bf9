"""The words of covers, profiles and briefs in four languages."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str, str, str]] = {  # en, es, pt, fr
    "cover": ("Evidence cover", "Portada de evidencias", "Capa de evidências", "Page de garde des éléments"),
    "profile": ("Profile", "Perfil", "Perfil", "Profil"),
    "brief": ("Corpus brief", "Síntesis del corpus", "Síntese do corpus", "Synthèse du corpus"),
    "symbol": ("Symbol", "Signatura", "Símbolo", "Cote"),
    "date": ("Date", "Fecha", "Data", "Date"),
    "language": ("Language", "Idioma", "Idioma", "Langue"),
    "pages": ("Pages", "Páginas", "Páginas", "Pages"),
    "file": ("File", "Archivo", "Ficheiro", "Fichier"),
    "model": ("Model", "Modelo", "Modelo", "Modèle"),
    "codebook": ("Codebook", "Libro de códigos", "Livro de códigos", "Grille de codage"),
    "made": ("Made by", "Hecho con", "Feito com", "Produit par"),
    "reports": ("Reports", "Informes", "Relatórios", "Rapports"),
    "read": ("read", "leídos", "lidos", "lus"),
    "plus": (
        "“+2” after a row: so many further quotes.", "«+2» tras una fila: otras tantas citas.",
        "«+2» após uma linha: outras tantas citações.", "« +2 » après une ligne : autant d'autres citations.",
    ),
    "numbers": (
        "{objectives} objectives and {activities} activities of {targets} have evidence, in {quotes} quotes: "
        "{confirmed} confirmed by a person, {suggested} suggested by the machine, {review} still to be reviewed.",
        "{objectives} objetivos y {activities} actividades de {targets} tienen evidencia, en {quotes} citas: "
        "{confirmed} confirmadas por una persona, {suggested} sugeridas por la máquina, {review} por revisar.",
        "{objectives} objetivos e {activities} atividades de {targets} têm evidência, em {quotes} citações: "
        "{confirmed} confirmadas por uma pessoa, {suggested} sugeridas pela máquina, {review} por rever.",
        "{objectives} objectifs et {activities} activités sur {targets} ont des éléments, en {quotes} citations : "
        "{confirmed} confirmées par une personne, {suggested} suggérées par la machine, {review} à vérifier.",
    ),
    "addressed": (
        "Objectives and activities addressed", "Objetivos y actividades abordados", "Objetivos e atividades abordados",
        "Objectifs et activités abordés",
    ),
    "also": (
        "Also addressed, without room here", "También abordados, sin espacio aquí", "Também abordados, sem espaço aqui",
        "Aussi abordés, faute de place ici",
    ),
    "is_done": ("What is reported as done", "Lo que se informa como hecho", "O que se relata como realizado",
                "Ce qui est rapporté comme réalisé"),
    "is_planned": ("What is planned", "Lo que se prevé", "O que se prevê", "Ce qui est prévu"),
    "not_found": ("Searched, nothing found", "Buscado, nada hallado", "Procurado, nada encontrado",
                  "Cherché, rien trouvé"),
    "doubtful": ("Only quotes that are still to be reviewed", "Solo citas por revisar", "Só citações por rever",
                 "Seulement des citations à vérifier"),
    "not_searched": ("Could not be searched", "No se pudo buscar", "Não foi possível procurar", "N'a pu être cherché"),
    "all_searched": ("The whole text was searched.", "Se buscó en todo el texto.", "Procurou-se em todo o texto.",
                     "Tout le texte a été cherché."),
    "nothing": ("nothing", "nada", "nada", "rien"),
    "objectives": ("objectives", "objetivos", "objetivos", "objectifs"),
    "activities": ("activities", "actividades", "atividades", "activités"),
    "limits": ("What a link does not prove", "Lo que un vínculo no prueba", "O que uma ligação não prova",
               "Ce qu'un lien ne prouve pas"),
    "status": ("Not read whole: {status}. {reason}", "No se leyó completo: {status}. {reason}",
               "Não foi lido por inteiro: {status}. {reason}", "Non lu en entier : {status}. {reason}"),
    "chosen_country": (
        "Reports whose title, file name or acting bodies name “{name}”.",
        "Informes cuyo título, archivo u organismos nombran “{name}”.",
        "Relatórios cujo título, ficheiro ou organismos nomeiam “{name}”.",
        "Rapports dont le titre, le fichier ou les organismes nomment « {name} ».",
    ),
    "chosen_body": (
        "Passages in which “{name}” acts.", "Pasajes en que actúa “{name}”.", "Passagens em que atua “{name}”.",
        "Passages où agit « {name} ».",
    ),
    "per_report": ("Reports and what they address", "Informes y lo que abordan", "Relatórios e o que abordam",
                   "Rapports et ce qu'ils abordent"),
    "in_reports": ("in {count} of {all} reports", "en {count} de {all} informes", "em {count} de {all} relatórios",
                   "dans {count} des {all} rapports"),
}  # fmt: skip
