using QueryStream.Cluster.Strangers;
using QueryStream.TestKit;
using QueryStream.TestKit.Logging;

namespace QueryStream.Cluster.Tests.Strangers;

/// <summary>How often a refused connection is told.</summary>
public sealed class StrangerLogTests
{
    private readonly LogCollector _lines = new();
    private readonly ManualTime _time = new();
    private readonly StrangerLog _log;

    public StrangerLogTests() => _log = new StrangerLog(_lines, _time);

    [Fact]
    public void A_machine_that_tries_again_and_again_costs_a_line_a_minute()
    {
        for (int port = 1; port <= 50; port++)
        {
            _log.Refused($"[::ffff:10.0.0.7]:{port}", "certificate", "it is wrong");
        }

        _log.Refused("10.0.0.8:1", "certificate", "it is wrong");
        _log.Refused("10.0.0.7:99", "no certificate", "it has none");
        Assert.Equal(
            [
                "A connection with 10.0.0.7:1 is refused: it is wrong",
                "A connection with 10.0.0.8:1 is refused: it is wrong",
                "A connection with 10.0.0.7:99 is refused: it has none",
            ],
            _lines.Lines.Select(line => line.Message));

        _time.Advance(TimeSpan.FromMinutes(1));
        _log.Refused("10.0.0.7:100", "certificate", "it is wrong");
        Assert.Equal(
            "A connection with 10.0.0.7:100 is refused: it is wrong. Before it, 49 others of that machine were refused alike",
            _lines.Lines.Last().Message);
    }

    [Fact]
    public void What_follows_on_a_refused_connection_is_no_news()
    {
        _log.Refused("[::ffff:10.0.0.7]:1", "certificate", "it is wrong");
        _log.Failed(new TransportProblem("10.0.0.7:1", "IOException", "it broke"));
        Assert.Single(_lines.Lines);
        _log.Failed(new TransportProblem("10.0.0.7:2", "IOException", "it broke"));
        _log.Failed(new TransportProblem("10.0.0.7:2", "another", "it broke again"));
        Assert.Equal(2, _lines.Lines.Count);
    }

    [Fact]
    public void Strangers_from_everywhere_do_not_fill_the_log()
    {
        for (int host = 0; host < 5_000; host++)
        {
            _log.Refused($"[2001:db8::{host:x}]:1", "certificate", "it is wrong");
        }

        Assert.Equal(100, _lines.Lines.Count);
        _time.Advance(TimeSpan.FromMinutes(1));
        _log.Refused("10.0.0.7:1", "certificate", "it is wrong");
        Assert.Equal(101, _lines.Lines.Count);
    }
}
