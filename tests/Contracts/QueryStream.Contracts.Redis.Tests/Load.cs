using System.Diagnostics;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>Writes increasing numbers to a set of keys, as fast as the writer accepts them.</summary>
internal sealed class Load(SinkHarness<(string Key, int Value)> writer, int keys)
{
    private const int BatchRows = 50;

    private readonly Dictionary<string, int> _newest = [];
    private int _next;

    public IReadOnlyDictionary<string, int> Newest => _newest;

    public long Written { get; private set; }

    public Task RunUntilAsync(string what, Func<bool> condition) => writer.UntilAsync(what, () =>
    {
        if (condition())
        {
            return true;
        }

        WriteSome();
        return false;
    });

    public Task RunUntilAsync(string what, Func<Task<bool>> condition) => Wait.UntilAsync(what, async () =>
    {
        if (await condition())
        {
            return true;
        }

        WriteSome();
        return false;
    });

    public Task RunForAsync(TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        return RunUntilAsync("the time to be over", () => Stopwatch.GetElapsedTime(start) >= duration);
    }

    /// <summary>The next number of each key.</summary>
    public (string Key, int Value)[] WriteAll()
    {
        Written += keys;
        return [.. Enumerable.Range(0, keys).Select(Next)];
    }

    private void WriteSome()
    {
        if (writer.Writer.IsFull)
        {
            return;
        }

        writer.Write(Enumerable.Range(0, BatchRows).Select(_ => Next(_next++ % keys)).ToArray());
        Written += BatchRows;
    }

    private (string Key, int Value) Next(int index)
    {
        string key = $"k{index}";
        return (key, _newest[key] = _newest.GetValueOrDefault(key) + 1);
    }
}
