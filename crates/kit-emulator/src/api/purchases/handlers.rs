use serde_json::{Value, json};

use super::Purchase;
use crate::api::call::Call;
use crate::api::happenings::{Happening, happen};
use crate::api::input::{Input, created, full, ok, page};
use crate::api::subscribers::{self, Given};
use crate::api::{World, time};
use crate::server::Reply;

/// Kit's message.
const NO_TRANSACTION: &str = "Transaction cannot be blank";

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    page(call, "purchases", world.tables.purchases.oldest_first(), Purchase::to_json)
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let purchase = world.tables.purchases.get(call.id()?).ok_or_else(Reply::not_found)?;
    Ok(ok("purchase", purchase.to_json()))
}

/// A transaction that is there already gets the products in addition.
pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let input = Input::read(call)?.object("purchase")?.unwrap_or_default();
    let transaction_id = input.filled("transaction_id", NO_TRANSACTION)?;
    let products: Result<Vec<Value>, Reply> =
        input.list("products")?.unwrap_or_default().iter().map(product).collect();
    let products = products?;
    let known = world.tables.purchases.find(|known| known.transaction_id == transaction_id);
    if let Some(id) = known {
        let purchase = world.tables.purchases.get_mut(id).ok_or_else(Reply::not_found)?;
        // A line that is there already is not there twice.
        for product in products {
            if purchase.products.iter().all(|known| known["lid"] != product["lid"]) {
                purchase.products.push(product);
            }
        }
        return Ok(created("purchase", purchase.to_json()));
    }
    let amount = |name: &str| Ok::<_, Reply>(input.number(name)?.map_or(json!(0.0), Value::from));
    let (subtotal, discount) = (amount("subtotal")?, amount("discount")?);
    let (tax, total) = (amount("tax")?, amount("total")?);
    let status = input.text("status")?.unwrap_or_else(|| "paid".into());
    let currency = input.text("currency")?.unwrap_or_else(|| "USD".into());
    let time = input.time("transaction_time")?.unwrap_or_else(|| time::now(world));
    let email_address = input.text("email_address")?.unwrap_or_default();
    let given = Given { email_address: email_address.clone(), ..Given::default() };
    let (subscriber_id, _) = subscribers::upsert(world, given).map_err(Reply::unprocessable)?;
    let purchase = world.tables.purchases.insert(|id| Purchase {
        id,
        transaction_id,
        subscriber_id,
        status,
        email_address,
        currency,
        transaction_time: time,
        subtotal,
        discount,
        tax,
        total,
        products,
    });
    let purchase = purchase.map_err(full)?;
    let (id, json) = (purchase.id, purchase.to_json());
    happen(world, &Happening::PurchaseCreated { purchase: id });
    Ok(created("purchase", json))
}

/// A line, as replies have it.
fn product(line: &Value) -> Result<Value, Reply> {
    let line = Input::of(line);
    let text = |name: &str| line.filled(name, &format!("products: {name} can't be blank"));
    Ok(json!({
        "quantity": line.integer("quantity")?.unwrap_or(1),
        "lid": text("lid")?,
        "unit_price": line.number("unit_price")?.unwrap_or_default(),
        "sku": line.text("sku")?.unwrap_or_default(),
        "name": text("name")?,
        "pid": text("pid")?,
    }))
}
