# Makes Doxygen see the comments of our headers: those before a declaration, those after a member on its line, and the
# one about the whole file, between the includes and the namespace. Those in bodies of functions stay as they are.

function escaped(text) {  # <latent/fit.hpp> is no HTML tag
  gsub(/[\\@]/, "\\\\&", text)
  gsub(/</, "\\&lt;", text)
  gsub(/#/, "\\#", text)
  return text
}

# Lines set in by two or more are a table or code, and stay as they are laid out.
function documentation(mark, text, indent,   set_in) {
  set_in = text ~ /^ (  |$)/ && text !~ /^ *$/
  if (text ~ /^ *$/) {
    print indent mark
    return
  }
  if (set_in && !was_set_in && !after_blank) print indent mark
  if (set_in) print indent mark "    " text; else print indent mark escaped(text)
  was_set_in = set_in
}

function flush_block(following,   i, as_file) {
  if (!block_size) return
  as_file = !opened && following ~ /^[ \t]*$|^#|^namespace/
  was_set_in = 0
  if (as_file) print "/// \\file"
  for (i = 1; i <= block_size; ++i) {
    if (!as_file && (following ~ /^[ \t]*$|^ *}/ || body)) {
      print block_indent[i] "//" block[i]
    } else {
      after_blank = i == 1 || block[i - 1] ~ /^ *$/
      documentation("///", block[i], block_indent[i])
    }
  }
  if (as_file) print ""
  block_size = 0
}

# Follows braces: `body` is how many of those that are open belong to functions, initialisers and the like.
function follow(code,   i, c) {
  gsub(/"([^"\\]|\\.)*"|'([^'\\]|\\.)'/, "", code)
  for (i = 1; i <= length(code); ++i) {
    c = substr(code, i, 1)
    if (c == "{") {
      gsub(/template *<[^{}]*> /, "", statement)
      kind[++depth] = statement ~ /(^|[ \t])(namespace|struct|class|enum|union)[ \t]/ && statement !~ /[()=]/ ? 0 : 1
      body += kind[depth]
      statement = ""
    } else if (c == "}") {
      if (depth > 0) body -= kind[depth--]
      statement = ""
    } else if (c == ";") {
      statement = ""
    } else {
      statement = statement c
    }
  }
  statement = statement " "
}

{
  sub(/ *\/\/ NOLINT.*/, "")
}

/^[ \t]*\/\// {
  position = index($0, "//")
  if (trailing_at == position) {
    print substr($0, 1, position - 1) "///<" escaped(substr($0, position + 2))
    next
  }
  block_indent[++block_size] = substr($0, 1, position - 1)
  block[block_size] = substr($0, position + 2)
  next
}

{
  flush_block($0)
  trailing_at = 0
  code = $0
  comment = ""
  if (match($0, /  \/\/ /)) {
    code = substr($0, 1, RSTART - 1)
    sub(/ +$/, "", code)
    comment = substr($0, RSTART + 4)
  }
  if (code ~ /^namespace/) opened = 1
  member = !body && code ~ /[;,A-Za-z0-9_]$/ && code !~ /^#/
  if (code !~ /^#/) follow(code)
  if (comment == "") {
    print code
  } else if (member && !body) {
    trailing_at = RSTART + 2
    print code "  ///<" escaped(comment)
  } else {
    print code "  //" comment
  }
}

END { flush_block("") }
