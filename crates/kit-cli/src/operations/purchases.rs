use clap::{Args, Subcommand};
use kit_ureq::purchases::{
    Amounts, CreatePurchase, GetPurchase, ListPurchases, NewProduct, PurchaseStatus,
};
use kit_ureq::{Decimal, PurchaseId, Timestamp};

use super::options::{pair, with};
use crate::{Context, Failure};

/// Purchases (an access token alone)
#[derive(Debug, Subcommand)]
pub(crate) enum Purchases {
    /// List the purchases
    List,
    /// Show a purchase
    Get {
        /// The purchase.
        id: PurchaseId,
    },
    /// Record a purchase
    Create(Box<Create>),
}

/// A purchase
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// The email address of who has bought.
    #[arg(long, value_name = "ADDRESS")]
    email_address: String,
    /// Your own id of the purchase.
    #[arg(long, value_name = "ID")]
    transaction_id: String,
    /// When it was, such as 2026-07-29T14:32:10Z.
    #[arg(long, value_name = "TIME")]
    transaction_time: Timestamp,
    /// The currency, such as USD.
    #[arg(long)]
    currency: String,
    /// Their first name.
    #[arg(long, value_name = "NAME")]
    first_name: Option<String>,
    /// Such as paid.
    #[arg(long)]
    status: Option<PurchaseStatus>,
    /// What it costs before tax, shipping and discount.
    #[arg(long, value_name = "AMOUNT")]
    subtotal: Decimal,
    /// The tax.
    #[arg(long, value_name = "AMOUNT", default_value = "0", requires = "total")]
    tax: Decimal,
    /// The price of the shipping.
    #[arg(long, value_name = "AMOUNT", default_value = "0", requires = "total")]
    shipping: Decimal,
    /// The discount.
    #[arg(long, value_name = "AMOUNT", default_value = "0", requires = "total")]
    discount: Decimal,
    /// The price. Only without tax, shipping and discount, the default is the subtotal.
    #[arg(long, value_name = "AMOUNT")]
    total: Option<Decimal>,
    /// A product: the id of the product, the id of its line, its price, how many, and its name; can be repeated.
    #[arg(long = "product", required = true, value_name = "PID,LID,PRICE,QUANTITY,NAME", value_parser = product)]
    products: Vec<Product>,
    /// The SKU of a product, by the id of its line; can be repeated.
    #[arg(long = "sku", value_name = "LID=SKU", value_parser = pair)]
    skus: Vec<(String, String)>,
}

/// A product of the command line, and the id of its line.
#[derive(Clone, Debug)]
struct Product {
    lid: String,
    product: NewProduct,
}

/// Gives the products their SKUs.
fn with_skus(
    products: Vec<Product>,
    skus: Vec<(String, String)>,
) -> Result<Vec<NewProduct>, Failure> {
    let mut products = products;
    for (lid, sku) in skus {
        let mut found = products.iter_mut().filter(|product| product.lid == lid).peekable();
        if found.peek().is_none() {
            return Err(Failure::usage(format!("--sku: no --product has the line {lid}")));
        }
        for product in found {
            product.product = product.product.clone().with_sku(&sku);
        }
    }
    Ok(products.into_iter().map(|product| product.product).collect())
}

fn product(text: &str) -> Result<Product, String> {
    let mut parts = text.splitn(5, ',');
    let mut part = || parts.next().filter(|part| !part.is_empty());
    let (Some(pid), Some(lid), Some(price), Some(quantity), Some(name)) =
        (part(), part(), part(), part(), part())
    else {
        return Err("is not of the form PID,LID,PRICE,QUANTITY,NAME".to_owned());
    };
    let price: Decimal = price.parse().map_err(|error| format!("PRICE: {error}"))?;
    let quantity = quantity.parse().map_err(|error| format!("QUANTITY: {error}"))?;
    let product = NewProduct::new(name, pid, lid, price).with_quantity(quantity);
    Ok(Product { lid: lid.to_owned(), product })
}

impl Purchases {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List => kit.list(ListPurchases::new()),
            Self::Get { id } => kit.show(&GetPurchase::new(id)),
            Self::Create(given) => {
                let Create { subtotal, tax, shipping, discount, .. } = *given;
                let total = given.total.unwrap_or_else(|| subtotal.clone());
                let create = CreatePurchase::new(
                    given.email_address,
                    given.transaction_id,
                    given.currency,
                    given.transaction_time,
                    Amounts { subtotal, tax, shipping, discount, total },
                    with_skus(given.products, given.skus)?,
                )?;
                let create = with(create, given.first_name, CreatePurchase::with_first_name);
                kit.show(&with(create, given.status, CreatePurchase::with_status))
            }
        }
    }
}
