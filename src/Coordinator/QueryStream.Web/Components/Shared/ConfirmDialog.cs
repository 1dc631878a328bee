using Microsoft.AspNetCore.Components;
using MudBlazor;
using QueryStream.Core.Errors;

namespace QueryStream.Web.Components.Shared;

/// <summary>Says what will happen, and does it if that is confirmed. A problem is shown in the dialog, which stays open.</summary>
public abstract class ConfirmDialog : ComponentBase
{
    [Inject]
    internal JobActions Actions { get; set; } = default!;

    [Inject]
    internal ISnackbar Messages { get; set; } = default!;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    /// <summary>What has gone wrong; null: nothing.</summary>
    protected string? Problem { get; private set; }

    /// <summary>Whether it is being done.</summary>
    protected bool IsBusy { get; private set; }

    /// <summary>Closes the dialog, and changes nothing.</summary>
    protected void Close() => Dialog.Cancel();

    /// <summary>Does it, and closes the dialog when it is done.</summary>
    /// <param name="action">Does it, and tells what has been done.</param>
    protected async Task DoAsync(Func<Task<string>> action)
    {
        // A second click may come before the button is disabled.
        if (IsBusy)
        {
            return;
        }

        (IsBusy, Problem) = (true, null);
        try
        {
            Messages.Add(await action(), Severity.Success);
            Dialog.Close();
        }
        catch (QueryStreamException e)
        {
            Problem = e.Message;
        }
        catch (ObjectDisposedException)
        {
            Problem = ActionRefusedException.NotLeading().Message;
        }
        finally
        {
            IsBusy = false;
        }
    }
}
