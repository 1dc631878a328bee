using QueryStream.Testing.Kafka;

// Tests mostly wait, for brokers and time limits, so more of them run at a time than there are cores.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>
/// One broker for all classes whose tests do not disturb each other. It starts with the first of these classes and stops when none is running. There
/// is none if their tests are skipped.
/// </summary>
public sealed class SharedBrokerFixture : IAsyncLifetime
{
    // Guards the fields below.
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static KafkaServer? SharedServer;
    private static int Users;

    public KafkaServer? Server { get; private set; }

    public async Task InitializeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (SharedServer is null && KafkaServer.MissingReason(ownServer: false) is null)
            {
                SharedServer = await KafkaServer.StartAsync();
            }

            Server = SharedServer;
            Users++;
        }
        finally
        {
            Gate.Release();
        }
    }

    public async Task DisposeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (--Users == 0 && SharedServer is { } server)
            {
                SharedServer = null;
                await server.DisposeAsync();
            }
        }
        finally
        {
            Gate.Release();
        }
    }
}

/// <summary>A broker to kill and freeze. Each test leaves it running. There is none if its tests are skipped.</summary>
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

    public Task DisposeAsync() => Server is null ? Task.CompletedTask : Server.DisposeAsync().AsTask();
}
