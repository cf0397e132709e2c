export {
  orderIdForm,
  PlaceOrder,
  OrderQuery,
  orderStatuses,
  type OrderStatus,
  Order,
  OrderPlaced,
  orderPlaced,
} from './orders.js';
export {
  AccountQuery,
  Account,
  Payment,
  PaymentTaken,
  paymentTaken,
  PaymentDeclined,
  paymentDeclined,
} from './payments.js';
export {
  AvailabilityQuery,
  Shelf,
  ShelfReport,
  StockReserved,
  stockReserved,
  StockRejected,
  stockRejected,
  StockReleased,
  stockReleased,
} from './stock.js';
