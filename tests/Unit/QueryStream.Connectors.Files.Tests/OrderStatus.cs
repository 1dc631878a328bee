namespace QueryStream.Connectors.Files.Tests;

public enum OrderStatus
{
    Open,
    Sent,
}
