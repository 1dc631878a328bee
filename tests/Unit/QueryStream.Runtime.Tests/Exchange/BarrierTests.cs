using QueryStream.Core;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>
/// The alignment of barriers at a task's channels. Elements are abbreviated: <c>a1</c> is a watermark of channel a, <c>a|7</c> its barrier of
/// checkpoint 7, and <c>a.</c> its end. In the output, <c>|7</c> is the aligned barrier.
/// </summary>
public sealed class BarrierTests
{
    private const int Checkpoints = 6;

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 200).Select(seed => (ulong)seed)];

    [Theory]
    [InlineData("a1 a|1 a2 b1 b|1 b2", "a1 b1 |1 a2 b2")]
    [InlineData("a|1 b|1 a|2 b|2", "|1 |2")]
    [InlineData("a|1 a1 a|2 a2 b|1 b1 b|2", "|1 a1 b1 |2 a2")]
    [InlineData("a|1 a1 b.", "|1 a1")]
    [InlineData("a. b1 b|1 b2", "b1 |1 b2")]
    [InlineData("b. a.", "")]
    public void A_barrier_goes_on_when_all_channels_have_brought_it_or_have_ended(string arrivals, string expected) =>
        Assert.Equal(expected, new Channels(2).Play(arrivals));

    [Theory]
    [InlineData("a|1 a1 b1 b|2 b2 a|2 a2", "b1 a1 |2 b2 a2")]
    [InlineData("a|1 a1 b|2 b|3 a|3 b1", "a1 |3 b1")]
    [InlineData("a|2 b|1 b1 b|2", "b1 |2")]
    [InlineData("a|1 a1 b|2 a.", "a1 |2")]
    public void A_newer_barrier_supersedes_an_alignment_that_is_not_complete(string arrivals, string expected) =>
        Assert.Equal(expected, new Channels(2).Play(arrivals));

    [Theory]
    [InlineData("a|1 a1 x1 b1 b|1 b2", "a1 b1 b2")]
    [InlineData("x1 a|1 a1 b|1 b1", "a1 b1")]
    [InlineData("a|1 a1 x2 b|1 a|2 b|2 a|3 b|3", "|1 a1 |3")]
    [InlineData("x2 a|1 b|1 a|2 a1 b|3 a|3", "|1 a1 |3")]
    [InlineData("a|1 b|1 x1 a|1 a1", "|1 a1")]
    public void An_abort_releases_the_alignment_and_drops_the_barriers_that_still_come(string arrivals, string expected) =>
        Assert.Equal(expected, new Channels(2).Play(arrivals));

    [Theory]
    [InlineData("a|1 a1 b1 b|1 b2", "a1 b1 |1 b2")]
    [InlineData("a|1 a1 b.", "a1 |1")]
    [InlineData("a|1 a1 b|2 a|2 a2", "a1 |2 a2")]
    [InlineData("a|1 a1 x1 b|1 b1 a|2 b|2", "a1 b1 |2")]
    public void Without_alignment_nothing_waits_and_the_last_barrier_goes_on(string arrivals, string expected) =>
        Assert.Equal(expected, new Channels(2, aligns: false).Play(arrivals));

    // Each channel has a fixed order of elements; their interleaving and the aborts of checkpoints are random. The oracle knows the elements of each
    // channel, but not their interleaving.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_the_order_of_arrival_a_barrier_divides_the_elements_of_every_channel(ulong seed)
    {
        SeededRandom random = new(seed);
        int count = 1 + random.Next(5);
        HashSet<int> aborted = [.. Enumerable.Range(1, Checkpoints).Where(_ => random.Next(3) == 0)];
        List<string>[] sent = [.. Enumerable.Range(0, count).Select(channel => Elements(random, (char)('a' + channel), aborted))];
        List<Queue<string>> senders =
            [.. sent.Select(elements => new Queue<string>(elements)), .. aborted.Select(checkpoint => new Queue<string>([$"x{checkpoint}"]))];
        Channels channels = new(count);
        while (senders.Count > 0)
        {
            Queue<string> sender = senders[random.Next(senders.Count)];
            channels.Arrive(sender.Dequeue());
            if (sender.Count == 0)
            {
                senders.Remove(sender);
            }

            if (random.Next(3) == 0)
            {
                channels.TakeAll();
            }
        }

        channels.TakeAll();
        AssertDivided(sent, channels.Out, aborted);
    }

    // Watermarks and barriers. Only some channels have the barriers of aborted checkpoints.
    private static List<string> Elements(SeededRandom random, char channel, HashSet<int> aborted)
    {
        List<string> elements = [];
        int last = random.Next(4) == 0 ? random.Next(Checkpoints) : Checkpoints;
        for (int checkpoint = 1; checkpoint <= last; checkpoint++)
        {
            for (int i = random.Next(4); i > 0; i--)
            {
                elements.Add($"{channel}{elements.Count}");
            }

            if (!aborted.Contains(checkpoint) || random.Next(2) == 0)
            {
                elements.Add($"{channel}|{checkpoint}");
            }
        }

        elements.Add($"{channel}{elements.Count}");
        if (last < Checkpoints)
        {
            elements.Add($"{channel}.");
        }

        return elements;
    }

    private static void AssertDivided(List<string>[] sent, List<string> taken, HashSet<int> aborted)
    {
        // Every element is forwarded once and in order.
        foreach (List<string> channel in sent)
        {
            Assert.Equal(channel.Where(IsRow), taken.Where(element => element[0] == channel[0][0]));
        }

        // Every barrier is forwarded once, in order, if a channel has it and its checkpoint was not aborted.
        int[] aligned = [.. taken.Where(element => element[0] == '|').Select(element => element[1] - '0')];
        Assert.Equal(aligned.Order().Distinct(), aligned);
        for (int checkpoint = 1; checkpoint <= Checkpoints; checkpoint++)
        {
            if (!aborted.Contains(checkpoint))
            {
                Assert.Equal(sent.Any(channel => IndexOf(channel, checkpoint) >= 0), aligned.Contains(checkpoint));
            }
        }

        // It follows exactly those elements that each channel sent before its barrier or its end.
        foreach (int checkpoint in aligned)
        {
            List<string> before = taken[..taken.IndexOf($"|{checkpoint}")];
            foreach (List<string> channel in sent)
            {
                int barrier = IndexOf(channel, checkpoint);
                Assert.True(barrier >= 0 || channel[^1].EndsWith('.'));
                int rows = (barrier < 0 ? channel : channel[..barrier]).Count(IsRow);
                Assert.Equal(rows, before.Count(element => element[0] == channel[0][0]));
            }
        }
    }

    private static int IndexOf(List<string> channel, int checkpoint) => channel.IndexOf($"{channel[0][0]}|{checkpoint}");

    private static bool IsRow(string element) => char.IsAsciiDigit(element[1]);

    private sealed class Channels : IControlInput
    {
        private readonly InputGate _gate;
        private readonly string[] _elements = new string[1_000];
        private int _arrived;

        public Channels(int count, bool aligns = true)
        {
            _gate = new InputGate(count, new WatermarkCombiner(count, risesWhileIdle: false), aligns);
            for (int channel = 0; channel < count; channel++)
            {
                _gate.Connect(channel, new ElementLog());
            }
        }

        public List<string> Out { get; } = [];

        public string Play(string arrivals)
        {
            foreach (string arrival in arrivals.Split(' '))
            {
                Arrive(arrival);
                TakeAll();
            }

            return string.Join(' ', Out);
        }

        public void Arrive(string element)
        {
            long number = element.Length > 1 && long.TryParse(element.AsSpan(element.Length - 1), out long last) ? last : 0;
            if (element[0] == 'x')
            {
                _gate.Abort(new CheckpointId(number));
                return;
            }

            Control control = element[1] switch
            {
                '|' => Control.Barrier(new CheckpointId(number)),
                '.' => Control.End,
                _ => Control.Advance(new EventTime(_arrived)),
            };
            _elements[_arrived++] = element;
            _gate.Add(element[0] - 'a', ChannelElement.Of(control));
        }

        public void TakeAll()
        {
            while (_gate.TryTake(out Arrival arrival))
            {
                Control control = arrival.Element.Control;
                if (control.Kind == ControlKind.Watermark)
                {
                    Out.Add(_elements[control.Watermark.Milliseconds]);
                }

                _gate.Combine(arrival.Channel, control, this);
            }
        }

        public void OnControl(in Control control)
        {
            if (control.Kind == ControlKind.Barrier)
            {
                Out.Add($"|{control.Checkpoint}");
            }
        }
    }
}
