/** What can be asked. */
export const COMMANDS: Readonly<Record<string, string>> = {
  'short names for projects and groups in this channel': 'noms courts de projets et de groupes dans ce canal',
  'who attempted what last, and what came of it': 'qui a tenté quoi en dernier, et ce qu’il en est advenu',
  'the settings in force, what decides each, and how gitlab.rb is put right':
    'les réglages en vigueur, ce qui décide de chacun, et comment corriger gitlab.rb',
  'why did this login, push or pull fail: paste the log, or a job’s address':
    'pourquoi ce login, push ou pull a échoué : collez le journal, ou l’adresse d’un job',
  'is Registrar itself well, and what mends it if it is not':
    'Registrar va-t-il bien lui-même, et sinon, ce qui le répare',
  'what you can ask, and who I think you are': 'ce que vous pouvez demander, et qui je crois que vous êtes',
  'how an instance fared: availability, latency, incidents':
    'comment s’est portée une instance : disponibilité, latence, incidents',
  'what is waiting or running, and an end to it': 'ce qui attend ou s’exécute, et comment y mettre fin',
  'say who you are in GitLab, by signing in there': 'dire qui vous êtes dans GitLab, en vous y connectant',
  'tell nobody of an instance for a while; INSTANCE end ends it early':
    'ne rien signaler d’une instance pendant un temps ; INSTANCE end l’écourte',
  'replace a deploy or access token and everything that carries it':
    'remplacer un jeton de déploiement ou d’accès et tout ce qui le contient',
  'find tokens that need replacing, and replace them all': 'trouver les jetons à remplacer, et les remplacer tous',
  'what was done for an answer, call by call': 'ce qui a été fait pour une réponse, appel par appel',
  'does the registry work, and if not, which link is broken':
    'le registre fonctionne-t-il, et sinon, quel maillon est rompu',
  'forget who you are in GitLab': 'oublier qui vous êtes dans GitLab',
  'what a cause means, how it shows and what mends it':
    'ce que signifie une cause, comment elle se voit et ce qui la corrige',
  'restart the registry’s service; a second person confirms':
    'redémarrer le service du registre ; une deuxième personne confirme',
  'have the registry’s host write its files from gitlab.rb; a second person confirms':
    'faire réécrire à l’hôte du registre ses fichiers d’après gitlab.rb ; une deuxième personne confirme',
  'I look after GitLab’s container registry': 'Je veille sur le registre de conteneurs de GitLab',
  'You are {user} in GitLab, and may do here what you may do there.':
    'Vous êtes {user} dans GitLab, et pouvez faire ici ce que vous pouvez y faire.',
  'You are {user} in GitLab, and may do here what you may do there; you operate {names}.':
    'Vous êtes {user} dans GitLab, et pouvez faire ici ce que vous pouvez y faire ; vous exploitez {names}.',
  'I don’t know which GitLab user you are: {how}. Until then I look and diagnose for you, and change nothing.':
    'Je ne sais pas quel utilisateur de GitLab vous êtes : {how}. D’ici là, je regarde et je diagnostique pour vous, sans rien changer.',
  '/registry link tells me': '/registry link me le dit',
  'ask whoever runs Registrar to add you to access.people in registrar.yaml':
    'demandez à qui exploite Registrar de vous ajouter à access.people dans registrar.yaml',
  'Not for you so far: {names}': 'Pas encore pour vous : {names}',
  'A failed log can also be pasted in a direct message or beside a mention, as text or as a file. --filter WORD behind any command shows only the lines that hold it.':
    'Un journal d’échec peut aussi être collé dans un message direct ou à côté d’une mention, en texte ou en fichier. --filter MOT derrière toute commande ne montre que les lignes qui le contiennent.',
};
