using QueryStream.Wire.Control;

namespace QueryStream.Wire.Tests;

public sealed class TaskStateTests
{
    [Fact]
    public void The_numbers_of_task_states_are_frozen_since_they_travel()
    {
        (string, int)[] frozen =
        [
            ("Created", 1), ("Scheduled", 2), ("Deploying", 3), ("Initializing", 4), ("Running", 5),
            ("Finished", 6), ("Canceling", 7), ("Canceled", 8), ("Failed", 9),
        ];

        Assert.Equal(frozen, Enum.GetValues<TaskState>().Select(state => (state.ToString(), (int)state)));
    }
}
