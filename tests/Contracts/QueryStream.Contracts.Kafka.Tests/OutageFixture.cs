using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>A broker to kill and freeze; each test leaves it running. There is none where they are skipped.</summary>
public sealed class OutageFixture : IAsyncLifetime
{
    public KafkaServer? Server { get; private set; }

    public async Task InitializeAsync()
    {
        if (KafkaServer.MissingReason(ownServer: true) is null)
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
