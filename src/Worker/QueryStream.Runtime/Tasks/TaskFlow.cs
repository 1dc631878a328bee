using QueryStream.Core.Metrics;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// What has passed a task since it began. Safe on any thread: it reads what the task counts anyway, single numbers that may be of different moments.
/// </summary>
public sealed class TaskFlow
{
    private readonly InputGate _gate;
    private readonly OutputChannel[] _channels;
    private readonly TaskLedger _ledger;

    internal TaskFlow(InputGate gate, OutputChannel[] channels, TaskLedger ledger)
    {
        _gate = gate;
        _channels = channels;
        _ledger = ledger;
    }

    /// <summary>The bytes of batches that it has consumed, as they are in memory.</summary>
    public long BytesIn => _gate.Bytes;

    /// <summary>The elements that wait for it.</summary>
    public int QueueLength => _gate.QueueLength;

    /// <summary>Rows that it has sent to other tasks; a row that was sent to several counts for each.</summary>
    public long RowsOut
    {
        get
        {
            long rows = 0;
            foreach (OutputChannel channel in _channels)
            {
                rows += channel.Rows;
            }

            return rows;
        }
    }

    /// <summary>The bytes of these rows, as they are in memory.</summary>
    public long BytesOut
    {
        get
        {
            long bytes = 0;
            foreach (OutputChannel channel in _channels)
            {
                bytes += channel.Bytes;
            }

            return bytes;
        }
    }

    /// <summary>How full its fullest channel is: 1 and more where it waits for credit.</summary>
    public double OutputUsage
    {
        get
        {
            double usage = 0;
            foreach (OutputChannel channel in _channels)
            {
                usage = Math.Max(usage, channel.Usage);
            }

            return usage;
        }
    }

    /// <summary>What has passed each of its operators, in the order of the job's graph.</summary>
    public OperatorFlow[] Operators => _ledger.Read();
}
