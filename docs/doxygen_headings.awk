# Gives the headings of a Markdown page the names by which it links to them: "## From C++" is #from-c.
/^```/ { fenced = !fenced }
/^##+ / && !fenced {
  name = tolower($0)
  sub(/^#+ +/, "", name)
  gsub(/[^a-z0-9 _-]/, "", name)
  gsub(/ /, "-", name)
  print $0 " {#" name "}"
  next
}
{ print }
