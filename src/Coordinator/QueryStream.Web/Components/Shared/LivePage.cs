using Microsoft.AspNetCore.Components;
using QueryStream.Web.Watching;

namespace QueryStream.Web.Components.Shared;

/// <summary>A component that is rendered again after each sample of the cluster, and not more often.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    [Inject]
    internal ClusterWatch Watch { get; set; } = default!;

    /// <summary>The moment of the last sample, which is the present of all pages.</summary>
    protected DateTimeOffset Now => Watch.Current.At;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the updates.</summary>
    protected virtual void Dispose(bool disposing) => Watch.Changed -= OnChanged;

    /// <inheritdoc/>
    protected override void OnInitialized() => Watch.Changed += OnChanged;

    /// <summary>Called after each sample, before the component is rendered.</summary>
    protected virtual Task OnSampleAsync() => Task.CompletedTask;

    private void OnChanged() => _ = InvokeAsync(async () =>
    {
        await OnSampleAsync();
        StateHasChanged();
    });
}
