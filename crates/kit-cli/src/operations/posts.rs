use clap::Subcommand;
use kit_ureq::PostId;
use kit_ureq::posts::{GetPost, ListPosts};

use super::options::flag;
use crate::{Context, Failure};

/// Posts of the creator profile
#[derive(Debug, Subcommand)]
pub(crate) enum Posts {
    /// List the posts
    List {
        /// Ask for their content.
        #[arg(long)]
        with_content: bool,
    },
    /// Show a post
    Get {
        /// The post.
        id: PostId,
    },
}

impl Posts {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List { with_content } => {
                kit.list(flag(ListPosts::new(), with_content, ListPosts::with_content))
            }
            Self::Get { id } => kit.show(&GetPost::new(id)),
        }
    }
}
