using System.Collections.Concurrent;

namespace QueryStream.JobSubmit.Chaos.Processes;

/// <summary>What is away at the moment. Gives all of it back when it is disposed of. Safe on any thread.</summary>
/// <param name="scripts">What can be taken away.</param>
/// <param name="time">The clock.</param>
internal sealed class Outages(IReadOnlyList<OutageScript> scripts, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<OutageScript, bool> _away = [];

    /// <summary>Chooses something to take away; null: it is away already.</summary>
    /// <param name="choice">Any number.</param>
    public OutageScript? Choose(int choice) => scripts[choice % scripts.Count] is var script && _away.ContainsKey(script) ? null : script;

    /// <summary>Takes something away.</summary>
    /// <exception cref="ChaosException">Its program fails.</exception>
    public Task BeginAsync(OutageScript script, CancellationToken stop)
    {
        // Also what has begun halfway ends.
        _away[script] = true;
        return script.BeginAsync(time, stop);
    }

    /// <summary>Gives it back.</summary>
    /// <exception cref="ChaosException">Its program fails.</exception>
    public async Task EndAsync(OutageScript script)
    {
        await script.EndAsync(time);
        _away.TryRemove(script, out _);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (OutageScript script in _away.Keys)
        {
            await EndAsync(script);
        }
    }
}
