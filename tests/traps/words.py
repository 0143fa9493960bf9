"""What the trap documents say, in four languages: ours, and invented."""

from __future__ import annotations

from dataclasses import dataclass

from tests.traps.base import Language


@dataclass(frozen=True)
class Words:
    """Attributes:
    title: of the document; head: its running header; page: the word for page.
    headings: four. paragraphs: ten of 30 to 60 words, full sentences with accents, quotes, figures and dashes.
    items: six of a list. notes: three footnotes.
    columns: titles of a table (body, activity, what was done, document).
    rows: (id of the body, its name, activity, what was done, document), six.
    """

    title: str
    head: str
    page: str
    headings: tuple[str, ...]
    paragraphs: tuple[str, ...]
    items: tuple[str, ...]
    notes: tuple[str, ...]
    columns: tuple[str, str, str, str]
    rows: tuple[tuple[str, str, str, str, str], ...]


EN = Words(
    "Yearly report on the reception of migrant families",
    "Reception of migrant families",
    "Page",
    ("Background of the work", "Training of officials", "Care at the border", "What comes next"),
    (
        "The office opened in March 2006 with nine officials and two vehicles. By December it had received 1,204 "
        "families at the three crossings of the northern road, most of them with children under twelve years of age.",
        "Each family was given a folder that tells, in plain words, which papers are needed, where they are issued and "
        "what they cost. The folder was printed in five languages – two of them indigenous – and read aloud on request.",
        "Forty-two inspectors took part in a course on the protection of children who travel alone. The course lasted "
        "three weeks, cost $18,500 and was taught by former judges, a nurse and two interpreters from the region.",
        "A mobile consulate visited fourteen villages in the valley and issued 963 identity cards. In six of the "
        "villages no consul had been seen before; in the others, the last visit dated from the year 1998.",
        "The ministry of health agreed to vaccinate every child who passes through the shelter, whatever the papers of "
        "the parents. “Nobody is asked for a passport before an injection,” the agreement says in its second article.",
        "Two hundred and thirty workers returned home with the wages that had been withheld from them. The labour "
        "inspectorate had fined eleven farms, and the courts upheld nine of the fines before the end of the season.",
        "The telephone line for relatives answered 5,310 calls. Most callers asked for news of a brother or a son; one "
        "in eight wished to know how money can be sent home without paying more than five per cent in fees.",
        "A study of the rural schools found that every third pupil has a parent abroad. The teachers asked for a guide "
        "on how to speak with these pupils, and the university of the capital is writing it with their help.",
        "Volunteers of the parish took turns at the railway station, where the train stops at night. They gave out soup, "
        "blankets and a card with the numbers of the ombudsman, the hospital and the nearest consulates.",
        "For the coming year the office plans a second shelter, a register of missing persons and a seminar with the "
        "neighbouring countries, to be held in the first half of August if the funds have arrived by then.",
    ),
    (
        "to train the officials of the three border posts;",
        "to print the folder in two more languages;",
        "to open a second shelter near the station;",
        "to keep a register of persons who are missed by relatives;",
        "to visit the villages of the upper valley once a quarter;",
        "to report on the results before the end of the year.",
    ),
    (
        "Figures of the regional register, as they stood on 31 December.",
        "The course was repeated in November for those who had been on leave.",
        "One card was issued twice by mistake and has been withdrawn.",
    ),
    ("Implementer", "Activity", "What was done", "Document"),
    (
        ("iom", "International Organization for Migration", "Advice for families who return", "Opened two counters and advised 318 families.", "REP/12-06"),
        ("unhcr", "Office of the United Nations High Commissioner for Refugees", "Training of border guards", "Held four workshops for 96 guards.", "REP/15-06"),
        ("ilo", "International Labour Organization", "Rights of seasonal workers", "Wrote a handbook for inspectors.", "REP/21-06"),
        ("cim", "Inter-American Commission of Women", "Study on women who migrate alone", "Published the study in June.", "REP/22-06"),
        ("paho", "Pan American Health Organization", "Vaccination at shelters", "Supplied 4,000 doses.", "REP/30-06"),
        ("iin", "Inter-American Children's Institute", "Children who travel alone", "Drew up a protocol for their reception.", "REP/31-06"),
    ),
)  # fmt: skip
ES = Words(
    "Informe anual sobre la acogida de familias migrantes",
    "Acogida de familias migrantes",
    "Página",
    ("Antecedentes del trabajo", "Capacitación de funcionarios", "Atención en la frontera", "Lo que sigue"),
    (
        "La oficina abrió sus puertas en marzo de 2006 con nueve funcionarios y dos vehículos. Hasta diciembre recibió a "
        "1.204 familias en los tres pasos de la ruta del norte, la mayoría con niñas y niños menores de doce años.",
        "A cada familia se le entregó una carpeta que explica, con palabras sencillas, qué papeles hacen falta, dónde se "
        "tramitan y cuánto cuestan. La carpeta se imprimió en cinco idiomas –dos de ellos indígenas– y se leyó a quien lo pidió.",
        "Cuarenta y dos inspectores asistieron a un curso sobre la protección de la niñez que viaja sola. El curso duró "
        "tres semanas, costó $18.500 y estuvo a cargo de antiguos jueces, una enfermera y dos intérpretes de la región.",
        "Un consulado móvil visitó catorce aldeas del valle y expidió 963 cédulas de identidad. En seis de ellas nunca se "
        "había visto a un cónsul; en las demás, la última visita databa del año 1998.",
        "El ministerio de salud convino en vacunar a todos los niños que pasen por el albergue, cualesquiera que sean los "
        "papeles de sus padres. «A nadie se le pide pasaporte antes de una inyección», dice el segundo artículo.",
        "Doscientos treinta trabajadores volvieron a casa con los salarios que se les habían retenido. La inspección del "
        "trabajo había multado a once fincas, y los tribunales confirmaron nueve multas antes de que acabara la temporada.",
        "La línea telefónica para familiares atendió 5.310 llamadas. Casi todos preguntaban por un hermano o un hijo; uno "
        "de cada ocho quería saber cómo enviar dinero a casa sin pagar más del cinco por ciento de comisión.",
        "Un estudio de las escuelas rurales halló que uno de cada tres alumnos tiene al padre o a la madre en el exterior. "
        "Los maestros pidieron una guía para hablar con ellos, y la universidad de la capital la está escribiendo.",
        "Voluntarios de la parroquia se turnaron en la estación, donde el tren se detiene de noche. Repartieron sopa, mantas "
        "y una tarjeta con los números de la defensoría, del hospital y de los consulados más próximos.",
        "Para el año próximo la oficina prevé un segundo albergue, un registro de personas desaparecidas y un seminario con "
        "los países vecinos, en la primera quincena de agosto, si para entonces han llegado los fondos.",
    ),
    (
        "capacitar a los funcionarios de los tres puestos fronterizos;",
        "imprimir la carpeta en otros dos idiomas;",
        "abrir un segundo albergue cerca de la estación;",
        "llevar un registro de las personas buscadas por sus familiares;",
        "visitar cada trimestre las aldeas del valle alto;",
        "informar de los resultados antes de fin de año.",
    ),
    (
        "Cifras del registro regional al 31 de diciembre.",
        "El curso se repitió en noviembre para quienes habían estado de licencia.",
        "Una cédula se expidió dos veces por error y fue anulada.",
    ),
    ("Ejecutor", "Actividad", "Lo realizado", "Documento"),
    (
        ("iom", "Organización Internacional para las Migraciones", "Orientación a familias que retornan", "Abrió dos ventanillas y atendió a 318 familias.", "INF/12-06"),
        ("unhcr", "Alto Comisionado de las Naciones Unidas para los Refugiados", "Formación de guardias fronterizos", "Impartió cuatro talleres a 96 guardias.", "INF/15-06"),
        ("ilo", "Organización Internacional del Trabajo", "Derechos de los temporeros", "Redactó un manual para inspectores.", "INF/21-06"),
        ("cim", "Comisión Interamericana de Mujeres", "Estudio sobre mujeres que migran solas", "Publicó el estudio en junio.", "INF/22-06"),
        ("paho", "Organización Panamericana de la Salud", "Vacunación en los albergues", "Suministró 4.000 dosis.", "INF/30-06"),
        ("iin", "Instituto Interamericano del Niño", "Niñez que viaja sola", "Elaboró un protocolo para su acogida.", "INF/31-06"),
    ),
)  # fmt: skip
PT = Words(
    "Relatório anual sobre o acolhimento de famílias migrantes",
    "Acolhimento de famílias migrantes",
    "Página",
    ("Antecedentes do trabalho", "Capacitação de funcionários", "Atendimento na fronteira", "O que vem a seguir"),
    (
        "O escritório abriu em março de 2006 com nove funcionários e duas viaturas. Até dezembro recebeu 1.204 famílias nos "
        "três postos da estrada do norte, a maior parte delas com crianças de menos de doze anos de idade.",
        "Cada família recebeu uma pasta que explica, em palavras simples, quais papéis são necessários, onde são emitidos e "
        "quanto custam. A pasta foi impressa em cinco línguas – duas delas indígenas – e lida em voz alta a quem o pediu.",
        "Quarenta e dois inspetores participaram de um curso sobre a proteção de crianças que viajam sozinhas. O curso durou "
        "três semanas, custou $18.500 e foi dado por antigos juízes, uma enfermeira e dois intérpretes da região.",
        "Um consulado itinerante visitou catorze aldeias do vale e emitiu 963 carteiras de identidade. Em seis delas nunca se "
        "tinha visto um cônsul; nas outras, a última visita datava do ano de 1998.",
        "O ministério da saúde aceitou vacinar todas as crianças que passem pelo abrigo, quaisquer que sejam os papéis dos "
        "pais. “A ninguém se pede passaporte antes de uma injeção”, diz o acordo no seu segundo artigo.",
        "Duzentos e trinta trabalhadores voltaram para casa com os salários que lhes tinham sido retidos. A inspeção do "
        "trabalho havia multado onze fazendas, e os tribunais confirmaram nove multas antes do fim da safra.",
        "A linha telefônica para familiares atendeu 5.310 chamadas. A maioria perguntava por um irmão ou um filho; um em cada "
        "oito queria saber como enviar dinheiro para casa sem pagar mais de cinco por cento de taxa.",
        "Um estudo das escolas rurais mostrou que um em cada três alunos tem o pai ou a mãe no exterior. Os professores "
        "pediram um guia para conversar com eles, e a universidade da capital o está escrevendo.",
        "Voluntários da paróquia revezaram-se na estação, onde o trem para à noite. Distribuíram sopa, cobertores e um cartão "
        "com os números da ouvidoria, do hospital e dos consulados mais próximos.",
        "Para o próximo ano o escritório prevê um segundo abrigo, um cadastro de pessoas desaparecidas e um seminário com os "
        "países vizinhos, na primeira quinzena de agosto, se até lá os recursos tiverem chegado.",
    ),
    (
        "capacitar os funcionários dos três postos de fronteira;",
        "imprimir a pasta em mais duas línguas;",
        "abrir um segundo abrigo perto da estação;",
        "manter um cadastro das pessoas procuradas por familiares;",
        "visitar as aldeias do alto vale a cada trimestre;",
        "informar sobre os resultados antes do fim do ano.",
    ),
    (
        "Números do cadastro regional em 31 de dezembro.",
        "O curso foi repetido em novembro para quem estivera de licença.",
        "Uma carteira foi emitida duas vezes por engano e foi anulada.",
    ),
    ("Executor", "Atividade", "O que foi feito", "Documento"),
    (
        ("iom", "Organização Internacional para as Migrações", "Orientação a famílias que retornam", "Abriu dois guichês e orientou 318 famílias.", "REL/12-06"),
        ("unhcr", "Alto Comissariado das Nações Unidas para os Refugiados", "Formação de guardas de fronteira", "Realizou quatro oficinas para 96 guardas.", "REL/15-06"),
        ("ilo", "Organização Internacional do Trabalho", "Direitos dos trabalhadores sazonais", "Redigiu um manual para inspetores.", "REL/21-06"),
        ("cim", "Comissão Interamericana de Mulheres", "Estudo sobre mulheres que migram sozinhas", "Publicou o estudo em junho.", "REL/22-06"),
        ("paho", "Organização Pan-Americana da Saúde", "Vacinação nos abrigos", "Forneceu 4.000 doses.", "REL/30-06"),
        ("iin", "Instituto Interamericano da Criança", "Crianças que viajam sozinhas", "Elaborou um protocolo para o acolhimento.", "REL/31-06"),
    ),
)  # fmt: skip
FR = Words(
    "Rapport annuel sur l’accueil des familles migrantes",
    "Accueil des familles migrantes",
    "Page",
    ("Antécédents du travail", "Formation des agents", "Prise en charge à la frontière", "La suite"),
    (
        "Le bureau a ouvert en mars 2006 avec neuf agents et deux véhicules. Jusqu’en décembre, il a reçu 1 204 familles aux "
        "trois postes de la route du nord, la plupart avec des enfants de moins de douze ans.",
        "Chaque famille a reçu une pochette qui explique, en mots simples, quels papiers il faut, où ils sont délivrés et ce "
        "qu’ils coûtent. La pochette a été imprimée en cinq langues – dont deux autochtones – et lue à qui le souhaitait.",
        "Quarante-deux inspecteurs ont suivi un cours sur la protection des enfants qui voyagent seuls. Le cours a duré trois "
        "semaines, a coûté 18 500 $ et a été donné par d’anciens juges, une infirmière et deux interprètes de la région.",
        "Un consulat itinérant a visité quatorze villages de la vallée et délivré 963 cartes d’identité. Dans six d’entre "
        "eux, on n’avait jamais vu de consul ; dans les autres, la dernière visite remontait à 1998.",
        "Le ministère de la santé a accepté de vacciner tous les enfants qui passent par le refuge, quels que soient les papiers "
        "des parents. « À personne on ne demande un passeport avant une piqûre », dit l’accord dans son article 2.",
        "Deux cent trente ouvriers sont rentrés chez eux avec les salaires qu’on leur avait retenus. L’inspection du travail "
        "avait mis onze fermes à l’amende, et les tribunaux ont confirmé neuf amendes avant la fin de la saison.",
        "La ligne téléphonique pour les proches a répondu à 5 310 appels. La plupart demandaient des nouvelles d’un frère ou "
        "d’un fils ; un sur huit voulait savoir comment envoyer de l’argent sans payer plus de cinq pour cent de frais.",
        "Une étude des écoles rurales a montré qu’un élève sur trois a son père ou sa mère à l’étranger. Les maîtres ont "
        "demandé un guide pour leur parler, et l’université de la capitale est en train de l’écrire.",
        "Des bénévoles de la paroisse se sont relayés à la gare, où le train s’arrête la nuit. Ils ont distribué de la soupe, "
        "des couvertures et une carte avec les numéros du médiateur, de l’hôpital et des consulats les plus proches.",
        "Pour l’année à venir, le bureau prévoit un second refuge, un registre des personnes disparues et un séminaire avec "
        "les pays voisins, dans la première quinzaine d’août, si les fonds sont arrivés d’ici là.",
    ),
    (
        "former les agents des trois postes frontière ;",
        "imprimer la pochette dans deux autres langues ;",
        "ouvrir un second refuge près de la gare ;",
        "tenir un registre des personnes recherchées par leurs proches ;",
        "visiter chaque trimestre les villages de la haute vallée ;",
        "rendre compte des résultats avant la fin de l’année.",
    ),
    (
        "Chiffres du registre régional au 31 décembre.",
        "Le cours a été répété en novembre pour ceux qui avaient été en congé.",
        "Une carte a été délivrée deux fois par erreur et a été annulée.",
    ),
    ("Exécutant", "Activité", "Ce qui a été fait", "Document"),
    (
        ("iom", "Organisation internationale pour les migrations", "Conseil aux familles qui rentrent", "A ouvert deux guichets et conseillé 318 familles.", "RAP/12-06"),
        ("unhcr", "Haut-Commissariat des Nations Unies pour les réfugiés", "Formation des gardes-frontière", "A tenu quatre ateliers pour 96 gardes.", "RAP/15-06"),
        ("ilo", "Organisation internationale du Travail", "Droits des saisonniers", "A rédigé un manuel pour les inspecteurs.", "RAP/21-06"),
        ("cim", "Commission interaméricaine des femmes", "Étude sur les femmes qui migrent seules", "A publié l’étude en juin.", "RAP/22-06"),
        ("paho", "Organisation panaméricaine de la santé", "Vaccination dans les refuges", "A fourni 4 000 doses.", "RAP/30-06"),
        ("iin", "Institut interaméricain de l’enfant", "Enfants qui voyagent seuls", "A établi un protocole pour leur accueil.", "RAP/31-06"),
    ),
)  # fmt: skip
WORDS: dict[Language, Words] = {"en": EN, "es": ES, "pt": PT, "fr": FR}
