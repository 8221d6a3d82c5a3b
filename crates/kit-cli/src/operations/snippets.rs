use clap::{Args, Subcommand};
use kit_ureq::SnippetId;
use kit_ureq::snippets::{
    CreateSnippet, GetSnippet, ListSnippets, SnippetBody, SnippetType, UpdateSnippet,
};

use super::options::{either, flag, with};
use crate::{Context, Failure};

/// Snippets: texts to be used in many emails
#[derive(Debug, Subcommand)]
pub(crate) enum Snippets {
    /// List the snippets
    List {
        /// Those that are archived.
        #[arg(long)]
        archived: bool,
        /// Only these: inline or block.
        #[arg(long = "type", value_name = "TYPE")]
        snippet_type: Option<SnippetType>,
        /// Ask for their content.
        #[arg(long)]
        with_content: bool,
    },
    /// Show a snippet
    Get {
        /// The snippet.
        id: SnippetId,
    },
    /// Create a snippet
    Create {
        /// The name.
        name: String,
        #[command(flatten)]
        content: Content,
    },
    /// Change a snippet
    Update {
        /// The snippet.
        id: SnippetId,
        /// The new name.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        content: Content,
        /// Archive it.
        #[arg(long, conflicts_with = "restore")]
        archive: bool,
        /// Take it from the archive.
        #[arg(long)]
        restore: bool,
    },
}

/// What a snippet says
#[derive(Args, Debug)]
#[group(multiple = false)]
pub(crate) struct Content {
    /// A text within a line.
    #[arg(long, value_name = "TEXT")]
    inline: Option<String>,
    /// A block of HTML.
    #[arg(long, value_name = "HTML")]
    block: Option<String>,
}

impl Content {
    fn body(self) -> Option<SnippetBody> {
        self.inline.map(SnippetBody::Inline).or(self.block.map(SnippetBody::Block))
    }
}

impl Snippets {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List { archived, snippet_type, with_content } => {
                let list = flag(ListSnippets::new(), archived, ListSnippets::archived);
                let list = with(list, snippet_type, ListSnippets::with_snippet_type);
                kit.list(flag(list, with_content, ListSnippets::with_content))
            }
            Self::Get { id } => kit.show(&GetSnippet::new(id)),
            Self::Create { name, content } => {
                let missing = || Failure::usage("--inline or --block is missing");
                kit.show(&CreateSnippet::new(name, content.body().ok_or_else(missing)?)?)
            }
            Self::Update { id, name, content, archive, restore } => {
                let mut update = UpdateSnippet::new(id);
                if let Some(name) = name {
                    update = update.with_name(name)?;
                }
                let body = content.body();
                let update = with(update, body, UpdateSnippet::with_snippet_body);
                kit.show(&either(
                    update,
                    (archive, UpdateSnippet::archived),
                    (restore, UpdateSnippet::restored),
                ))
            }
        }
    }
}
