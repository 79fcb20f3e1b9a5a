/**
 * What makes a shell complete `berth`. Each asks `berth __complete WORD… UNFINISHED`, which prints a word a line with what it means behind a
 * tab, and last a colon with a number: 0 where files are wanted too, else 4, and 2 more where the word goes on without a blank behind it.
 * bash breaks words at colons and equal signs, which failures and flags have: there the line itself is read, and what stands before the
 * last of these is left out of what is offered.
 */
export const completionScripts = {
  bash: `# bash completion of berth; load it with: source <(berth completion bash)
_berth() {
  local line=\${COMP_LINE:0:COMP_POINT} word rest out unfinished before=
  local -a words
  COMPREPLY=()
  read -ra words <<< "$line"
  while (( \${#words[@]} )) && [[ \${words[0]} != "\${COMP_WORDS[0]}" ]]; do words=("\${words[@]:1}"); done
  [[ $line == *[[:space:]] ]] && words+=("")
  (( \${#words[@]} > 1 )) || return 0
  unfinished=\${words[-1]}
  if [[ $unfinished == [\\'\\"]* ]]; then
    words[-1]=\${unfinished:1}
  elif [[ $COMP_WORDBREAKS == *:* ]]; then
    before=\${unfinished%"\${unfinished##*[:=]}"}
  else
    before=\${unfinished%"\${unfinished##*=}"}
  fi
  out=$("\${COMP_WORDS[0]}" __complete "\${words[@]:1}" 2>/dev/null) || return 0
  while IFS=$'\\t' read -r word rest; do
    [[ $word == :* ]] || COMPREPLY+=("\${word#"$before"}")
  done <<< "$out"
  if (( \${#COMPREPLY[@]} )); then
    (( \${out##*:} & 2 )) && compopt -o nospace 2>/dev/null
  elif [[ \${out##*:} == 0 ]]; then
    compopt -o default 2>/dev/null
  fi
  return 0
}
complete -F _berth berth
`,
  zsh: `#compdef berth
# zsh completion of berth; load it with: source <(berth completion zsh)
_berth() {
  local line out
  local -a known without
  out=$("\${words[1]}" __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null) || return 1
  for line in "\${(@f)out}"; do
    [[ $line == :* ]] || known+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( \${out##*:} & 2 )) && without=(-S '')
  if (( \${#known} )); then
    _describe -t words berth known "\${without[@]}"
  elif [[ \${out##*:} == 0 ]]; then
    _files
  fi
}
if [[ $funcstack[1] == _berth ]]; then _berth "$@"; else compdef _berth berth; fi
`,
  fish: `# fish completion of berth; load it with: berth completion fish | source
function __berth_words
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    set -l out ($program __complete $words (commandline -ct) 2>/dev/null)
    set -l known (string match -v -- ':*' $out)
    if test (count $known) -eq 0; and test "$out[-1]" = :0
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $known
    end
end
complete -c berth -f -a '(__berth_words)'
`,
} as const;

export function isShell(word: string): word is keyof typeof completionScripts {
  return Object.hasOwn(completionScripts, word);
}
