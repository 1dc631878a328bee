using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Errors;

namespace QueryStream.Coordinator.Tests.Checkpoints;

public sealed class CheckpointSettingsTests
{
    [Theory]
    [InlineData("execution.checkpointing.dir")]
    [InlineData("state.checkpoints.dir")]
    public void The_directory_of_checkpoints_has_the_names_of_Flink_2_and_Flink_1(string name) =>
        Assert.Equal("file:///a", Parse((name, "file:///a")).Storage);

    [Theory]
    [InlineData("execution.checkpointing.savepoint-dir")]
    [InlineData("state.savepoints.dir")]
    public void The_directory_of_savepoints_has_the_names_of_Flink_2_and_Flink_1(string name) =>
        Assert.Equal("file:///a", Parse((name, "file:///a")).SavepointTarget);

    [Theory]
    [InlineData("execution.checkpointing.dir", "state.checkpoints.dir")]
    [InlineData("execution.checkpointing.savepoint-dir", "state.savepoints.dir")]
    public void Both_names_of_a_directory_may_only_be_set_to_the_same(string name, string oldName)
    {
        Parse((name, "file:///a"), (oldName, "file:///a"));
        SettingException different = Assert.Throws<SettingException>(() => Parse((name, "file:///a"), (oldName, "file:///b")));
        Assert.Equal(oldName, different.Setting);
        Assert.Contains(name, different.Message, StringComparison.Ordinal);
    }

    private static CheckpointSettings Parse(params (string Name, string Value)[] values)
    {
        CheckpointSettings settings = ExecutionOptions.Parse(values.ToDictionary(value => value.Name, value => value.Value)).Checkpoints;
        settings.Validate();
        return settings;
    }
}
