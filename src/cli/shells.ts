/** The shells that there is a completion script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** Is this one of the {@link SHELLS}? */
export function isShell(text: string): text is Shell {
  return (SHELLS as readonly string[]).includes(text);
}

/**
 * The script that teaches a shell to complete `registry-login`. It asks `registry-login __complete WORD...` with the
 * words up to the cursor, the last of them unfinished; the answer is a line `VALUE<tab>DESCRIPTION` for each candidate.
 * The values `:files` and `:folders` stand for what the shell itself finds on the disk.
 * Nothing that was typed is ever evaluated.
 * Sources: bash(1) "Programmable Completion"; zshcompsys(1); fish-completions
 */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

// The line is split here, since bash takes ":" and "=" for ends of words, and hosts hold ":". What bash thinks to stand
// before the word must not be in the answers.
const BASH = `# bash completion for registry-login
_registry_login() {
  local line=\${COMP_LINE:0:COMP_POINT} breaks="" current before="" reply flag="" path
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=\${words[\${#words[@]}-1]}
  [[ $COMP_WORDBREAKS == *:* ]] && breaks+=":"
  [[ $COMP_WORDBREAKS == *=* ]] && breaks+="="
  [[ -n $breaks && $current == *[$breaks]* ]] && before=\${current%"\${current##*[$breaks]}"}
  [[ $current == --*=* ]] && flag=\${current%%=*}=
  COMPREPLY=()
  while IFS=$'\\t' read -r reply _; do
    case $reply in
      :files | :folders)
        compopt -o filenames 2>/dev/null
        while IFS= read -r path; do
          path=$flag$path
          COMPREPLY+=("\${path#"$before"}")
        done < <(if [[ $reply == :files ]]; then compgen -f -- "\${current#"$flag"}"; else compgen -d -- "\${current#"$flag"}"; fi)
        ;;
      *) COMPREPLY+=("\${reply#"$before"}") ;;
    esac
  done < <(registry-login __complete "\${words[@]:1}" 2>/dev/null)
}
complete -F _registry_login registry-login
`;

const ZSH = `#compdef registry-login
# zsh completion for registry-login
_registry_login() {
  local line value text
  local -a candidates
  for line in "\${(@f)$(registry-login __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] || continue
    value=\${line%%$'\\t'*} text=\${line#*$'\\t'}
    if [[ $value == :files || $value == :folders ]]; then
      compset -P '--*='
      if [[ $value == :files ]]; then _files; else _files -/; fi
      return
    fi
    candidates+=("\${value//:/\\\\:}\${text:+:$text}")
  done
  _describe 'registry-login' candidates
}
if [[ $funcstack[1] == _registry-login || $funcstack[1] == _registry_login ]]; then
  _registry_login "$@"
else
  compdef _registry_login registry-login
fi
`;

const FISH = `# fish completion for registry-login
function __registry_login_complete
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  set -l lines (registry-login __complete $words "$current" 2>/dev/null)
  set -q lines[1]; or return
  set -l flag (string match -r -- '^--[^=]+=' $current)
  set -l path (string replace -r -- '^--[^=]+=' '' $current)
  switch "$lines[1]"
    case ':files*'
      printf "$flag%s\\n" (__fish_complete_path "$path")
    case ':folders*'
      printf "$flag%s\\n" (__fish_complete_directories "$path")
    case '*'
      printf '%s\\n' $lines
  end
end
complete -c registry-login -f -a '(__registry_login_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
