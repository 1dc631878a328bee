using QueryStream.Streams.Graph;
using QueryStream.Streams.State;
using QueryStream.Streams.Tests.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Tests.Windows;

public sealed class WindowStateTests
{
    [Fact]
    public void A_plan_names_the_state_of_functions_and_triggers_over_windows()
    {
        StreamGraph graph = TestJob.Build(
            job => job.Source("numbers", new Unopened<int>()).KeyBy(row => row).Window(Tumbling.Of(TimeSpan.FromSeconds(1)))
            .Trigger(() => new Counting()).Named("sums").Process(() => new Remembering()).To("sink", new Unopened<int>()));
        StreamNode node = graph.Nodes.Single(node => node.Name == "sums");
        Assert.Equal(
            [new NodeState("windows", "own"), new NodeState("rows", "own"), new NodeState("last", "list"), new NodeState("count", "value")],
            node.DescribeState());
    }

    private sealed class Counting : Trigger<int>
    {
        public override void Open(KeyedStateContext state) => state.Value<int>("count");

        public override TriggerResult OnRow(in int row, TriggerContext context) => TriggerResult.Continue;
    }

    private sealed class Remembering : WindowFunction<int, int, int>
    {
        public override void Open(KeyedStateContext state) => state.List<int>("last");

        public override void Process(WindowRows<int> rows, WindowContext<int, int> context)
        {
        }
    }
}
