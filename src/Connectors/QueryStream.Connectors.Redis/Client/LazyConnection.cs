using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>A connection that is opened on first use and never replaced, since the library reconnects by itself. Safe on any thread.</summary>
/// <param name="connect">Opens it. Called at most once.</param>
internal sealed class LazyConnection(Func<Task<IConnectionMultiplexer>> connect)
{
    // Guards _connecting.
    private readonly Lock _lock = new();
    private Task<IConnectionMultiplexer>? _connecting;

    /// <summary>The connection, which may still be opening.</summary>
    public Task<IConnectionMultiplexer> GetAsync()
    {
        lock (_lock)
        {
            return _connecting ??= connect();
        }
    }

    /// <summary>Closes the connection, if it was opened.</summary>
    /// <param name="awaitReplies">Whether to wait for pending replies; else calls that wait for one fail.</param>
    public async ValueTask CloseAsync(bool awaitReplies)
    {
        if (_connecting is null)
        {
            return;
        }

        await ((Task)_connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_connecting.IsCompletedSuccessfully)
        {
            IConnectionMultiplexer connection = await _connecting.ConfigureAwait(false);
            await connection.CloseAsync(allowCommandsToComplete: awaitReplies).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
