using QueryStream.Connectors.Redis.Client;
using QueryStream.Core.Errors;
using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>Calls a server, with errors that say what does not work and which setting has the address.</summary>
internal static class CheckpointCalls
{
    /// <summary>Calls the server.</summary>
    /// <param name="redis">The server.</param>
    /// <param name="call">The call.</param>
    /// <param name="problem">What does not work if it fails: <c>Redis at localhost:6379 does not accept checkpoints</c>.</param>
    /// <param name="setting">The setting with the server's address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CheckpointStorageException">It fails.</exception>
    public static async Task<T> CallAsync<T>(
        this ICheckpointCommands redis,
        Func<ICheckpointCommands, Task<T>> call,
        string problem,
        string setting,
        CancellationToken cancellationToken)
    {
        try
        {
            return await call(redis).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisCallException or RedisException or TimeoutException)
        {
            throw new CheckpointStorageException($"{problem}: {e.Message.TrimEnd('.')}. Its address is set by {setting}.", e);
        }
    }
}
