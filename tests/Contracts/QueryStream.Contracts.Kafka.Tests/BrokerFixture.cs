using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>One broker for all tests that do it no harm. There is none where they are skipped.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    public KafkaServer? Server { get; private set; }

    public async Task InitializeAsync()
    {
        if (KafkaServer.MissingReason(ownServer: false) is null)
        {
            Server = await KafkaServer.StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }
}
