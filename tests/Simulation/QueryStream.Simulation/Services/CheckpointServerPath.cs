using QueryStream.Core;
using QueryStream.Simulation.Faults;
using QueryStream.TestKit;
using QueryStream.Testing.Redis;

namespace QueryStream.Simulation.Services;

/// <summary>
/// The connection of one process to the Redis of checkpoints: commands arrive in order and after a delay, also when the process has died meanwhile;
/// while it is down, it may or may not execute what it does not answer.
/// </summary>
/// <param name="world">The clock of the world.</param>
/// <param name="time">The process's clock.</param>
/// <param name="faults">What is wrong at the moment.</param>
/// <param name="random">Draws delays and lost answers.</param>
internal sealed class CheckpointServerPath(ManualTime world, ProcessTime time, ActiveFaults faults, SeededRandom random) : ICommandPath
{
    private DateTimeOffset _lastRequest;

    public async Task<TResult> SendAsync<TResult>(Func<TResult> execute)
    {
        faults.OnStorageCommand();
        DateTimeOffset due = world.GetUtcNow() + Delay();
        _lastRequest = due > _lastRequest ? due : _lastRequest;
        await Delays.AfterAsync(world, _lastRequest - world.GetUtcNow()).ConfigureAwait(false);
        if (faults.StorageFails && random.Next(2) == 0)
        {
            await FailAsync().ConfigureAwait(false);
        }

        TResult result = execute();
        if (faults.StorageFails)
        {
            await FailAsync().ConfigureAwait(false);
        }

        await Delays.AfterAsync(time, Delay()).ConfigureAwait(false);
        return result;
    }

    private async Task FailAsync()
    {
        await Delays.AfterAsync(time, Delay()).ConfigureAwait(false);
        throw new TimeoutException("The simulated Redis does not answer.");
    }

    private TimeSpan Delay() =>
        TimeSpan.FromTicks((1 + random.Next(faults.StorageIsSlow ? 1_000 : 10)) * TimeSpan.TicksPerMillisecond);
}
