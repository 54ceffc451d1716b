/// A script that makes bash complete a program's command lines, made of its commands' own
/// descriptions. It needs no other package.
struct BashCompletion {
  let program: String
  let commands: [CommandDescription]

  /// The prefix of the script's functions.
  private var function: String { "_" + program.map { $0 == "-" ? "_" : String($0) }.joined() }

  /// The whole script, without a line end after the last line.
  var text: String {
    let names = commands.map(\.name).joined(separator: " ")
    return #"""
      # Completion of command lines; made by '\#(program) completions bash'.

      # Candidates from a list of words.
      \#(function)_words() {
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$current")
      }

      # Folders, and files whose names end in one of the suffixes, or in any where there are none.
      \#(function)_files() {
        local suffix
        # What is typed may be quoted; bash quotes what is chosen.
        current=${current#[\"\']}
        current=${current//\\/}
        compopt -o filenames 2> /dev/null
        while IFS= read -r word; do
          if [[ -d ${word/#\~/$HOME} || $# -eq 0 ]]; then
            COMPREPLY+=("$word")
            continue
          fi
          for suffix in "$@"; do
            if [[ ${word,,} == *."$suffix" ]]; then COMPREPLY+=("$word"); fi
          done
        done < <(compgen -f -- "$current")
      }

      \#(function)() {
        local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} word index
        local options='' valued='' repeated='' left=''
        local given=' ' operand=0 option='' last='' joined='' ended=''
        COMPREPLY=()
        if [[ $COMP_CWORD -eq 1 ]]; then
          \#(function)_words '\#(names) help --help --version'
          return
        fi

        # The options of the command, those with a value and those that may be repeated.
        case $command in
      \#(lines(commands.map(declaration)))
          help)
            if [[ $COMP_CWORD -eq 2 ]]; then \#(function)_words '\#(names)'; fi
            return
            ;;
          *) return ;;
        esac

        # What the words before this one say about it: it is the value of an option, an option, or
        # the operand of a number. bash makes '=' a word of its own, behind which a value goes on.
        for ((index = 2; index < COMP_CWORD; index++)); do
          word=${COMP_WORDS[index]}
          if [[ $word == '=' ]]; then
            joined=yes option=$last
          elif [[ -n $joined || -n $option ]]; then
            joined='' option=''
          elif [[ -n $ended || $word != -?* ]]; then
            operand=$((operand + 1)) last=''
          elif [[ $word == -- ]]; then
            ended=yes last=''
          else
            given+="$word " last=''
            if [[ $valued == *" $word "* ]]; then last=$word option=$word; fi
          fi
        done
        if [[ $current == '=' ]]; then current='' joined=yes option=$last; fi

        if [[ -n $option ]]; then
          case $command:$option in
      \#(lines(commands.flatMap(values)))
          esac
        elif [[ -z $joined && -z $ended && $current == -* ]]; then
          for word in $options; do
            if [[ $given != *" $word "* || $repeated == *" $word "* ]]; then left+=" $word"; fi
          done
          \#(function)_words "$left"
        elif [[ -z $joined ]]; then
          case $command:$operand in
      \#(lines(commands.flatMap(operands)))
          esac
        fi
      }
      complete -F \#(function) \#(program)
      """#
  }

  /// The branch that tells which options a command has.
  private func declaration(_ command: CommandDescription) -> String {
    let names = { (options: [OptionDescription]) in
      options.flatMap { [$0.short, $0.name].compactMap { $0 } }.joined(separator: " ")
    }
    var lines = [
      "    \(command.name))",
      "      options='\(command.options.map(\.name).joined(separator: " "))'",
    ]
    for (variable, chosen) in [
      ("valued", command.options.filter { $0.value != nil }),
      ("repeated", command.options.filter(\.repeats)),
    ] where !chosen.isEmpty {
      lines.append("      \(variable)=' \(names(chosen)) '")
    }
    return (lines + ["      ;;"]).joined(separator: "\n")
  }

  /// The branches that offer the values of a command's options.
  private func values(_ command: CommandDescription) -> [String] {
    command.options.compactMap { option in
      let names = [option.short, option.name].compactMap { $0 }
      return branch(names.map { "\(command.name):\($0)" }, option.valueKind)
    }
  }

  /// The branches that offer a command's operands; the last may take any number of words.
  private func operands(_ command: CommandDescription) -> [String] {
    command.operands.enumerated().compactMap { index, operand in
      let number = operand.hasSuffix("…") ? "*" : "\(index)"
      return branch(["\(command.name):\(number)"], ValueKind(placeholder: operand))
    }
  }

  /// One branch of a `case`; nil where nothing can be offered.
  private func branch(_ patterns: [String], _ kind: ValueKind?) -> String? {
    let call: String
    switch kind {
    case .words(let words): call = "words '\(words.joined(separator: " "))'"
    case .files(let suffixes): call = (["files"] + suffixes).joined(separator: " ")
    case .free, nil: return nil
    }
    return "      \(patterns.joined(separator: " | "))) \(function)_\(call) ;;"
  }

  private func lines(_ lines: [String]) -> String { lines.joined(separator: "\n") }
}
