using QueryStream.Wire.Control;

namespace QueryStream.Wire.Tests;

public sealed class ExecutionStateTests
{
    [Fact]
    public void The_numbers_of_execution_states_are_frozen_since_they_are_on_the_wire()
    {
        (string, int)[] frozen =
        [
            ("Created", 1), ("Scheduled", 2), ("Deploying", 3), ("Initializing", 4), ("Running", 5),
            ("Finished", 6), ("Canceling", 7), ("Canceled", 8), ("Failed", 9),
        ];

        Assert.Equal(frozen, Enum.GetValues<ExecutionState>().Select(state => (state.ToString(), (int)state)));
    }
}
