use kit_core::Error;
use kit_core::purchases::{Amounts, CreatePurchase, GetPurchase, ListPurchases, NewProduct};

use super::arguments::{Arguments, with};
use super::{Built, built};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "GET /v4/purchases" => built(a.paged(ListPurchases::new())?),
        "GET /v4/purchases/{id}" => built(GetPurchase::new(a.id("id"))),
        "POST /v4/purchases" => {
            let a = a.object("purchase");
            let products = a.list("products");
            let products = products.iter().map(|product| {
                let new = NewProduct::new(
                    product.text("name"),
                    product.text("pid"),
                    product.text("lid"),
                    product.decimal("unit_price"),
                );
                let quantity = product.number("quantity").expect("a quantity");
                new.with_quantity(quantity).with_sku(product.text("sku"))
            });
            let amounts = Amounts {
                subtotal: a.decimal("subtotal"),
                tax: a.decimal("tax"),
                shipping: a.decimal("shipping"),
                discount: a.decimal("discount"),
                total: a.decimal("total"),
            };
            let create = CreatePurchase::new(
                a.text("email_address"),
                a.text("transaction_id"),
                a.text("currency"),
                a.time("transaction_time"),
                amounts,
                products,
            )?;
            let create =
                with(create, a.optional_text("first_name"), CreatePurchase::with_first_name);
            built(create.with_status(a.text("status").into()))
        }
        _ => None,
    })
}
