using QueryStream.Streams;

namespace QueryStream.Documentation.Tests.Examples;

internal static class Latest
{
    public static Stream<Order> Define(Stream<Order> orders)
    {
        #region process-use
        Stream<Order> once = orders.Process(() => new DropRepeated(), "drop repeated");
        #endregion
        return once;
    }
}
